// The exit journal's reader: finds the record, whatever else lies in the file.
#include "runtime/journal/exit_journal.hpp"

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "runtime/journal/formats.hpp"
#include "tests/support/temporary_directory.hpp"

namespace {

using runtime::ExitRecord;
using runtime::read_exit;

class ExitJournal : public testing::Test {
 protected:
  static ExitRecord record(int pid, std::uint64_t start_time, int wait_status) {
    ExitRecord made{};
    made.magic = runtime::kExitMagic;
    made.version = runtime::kExitVersion;
    made.pid = pid;
    made.start_time = start_time;
    made.wait_status = wait_status;
    made.boot_time = 7;
    made.wall_time = 9;
    return made;
  }
  void write(ExitRecord made) {
    made.checksum = runtime::checksum_of(made);
    write_bytes({reinterpret_cast<const char*>(&made), sizeof(made)});
  }
  void write_bytes(std::string_view bytes) const {
    std::ofstream(journal_, std::ios::app | std::ios::binary) << bytes;
  }

  tests::TemporaryDirectory directory_;
  std::string journal_{directory_ / "exits"};
};

TEST_F(ExitJournal, TellsCodeAndTimesOfAProcess) {
  write(record(10, 100, 3 << 8));
  const auto exit = read_exit(journal_, {.pid = 10, .start_time = 100});
  ASSERT_TRUE(exit);
  EXPECT_EQ(exit->status, schemas::ExitStatus{.code = 3});
  EXPECT_EQ(exit->boot_time.time_since_epoch().count(), 7);
  EXPECT_EQ(exit->wall_time.time_since_epoch().count(), 9);
}

TEST_F(ExitJournal, TellsASignalAndACore) {
  write(record(10, 100, 11 | 0x80));
  EXPECT_EQ(read_exit(journal_, {10, 100})->status,
            (schemas::ExitStatus{.code = 139, .core_dumped = true}));
}

TEST_F(ExitJournal, DoesNotMistakeAReusedPid) {
  write(record(10, 100, 0));
  EXPECT_FALSE(read_exit(journal_, {10, 101}));
}

TEST_F(ExitJournal, HasNothingWhenThereIsNoFile) { EXPECT_FALSE(read_exit(journal_, {1, 1})); }

TEST_F(ExitJournal, SaysThatAStatusIsUnknown) {
  ExitRecord made = record(10, 100, 0);
  made.flags = runtime::kExitUnknown;
  write(made);
  EXPECT_EQ(read_exit(journal_, {10, 100})->status,
            (schemas::ExitStatus{.code = 255, .known = false}));
}

TEST_F(ExitJournal, BelievesTheFirstOfTwoRecords) {
  write(record(10, 100, 3 << 8));
  ExitRecord duplicate = record(10, 100, 0);
  duplicate.flags = runtime::kExitUnknown;
  write(duplicate);
  EXPECT_EQ(read_exit(journal_, {10, 100})->status.code, 3);
}

TEST_F(ExitJournal, PassesOverATornLastRecord) {
  write(record(10, 100, 0));
  write(record(11, 110, 0));
  std::filesystem::resize_file(journal_, 2 * sizeof(ExitRecord) - 1);
  EXPECT_TRUE(read_exit(journal_, {10, 100}));
  EXPECT_FALSE(read_exit(journal_, {11, 110}));
}

TEST_F(ExitJournal, PassesOverARecordWithAWrongChecksum) {
  write_bytes(std::string(sizeof(ExitRecord), 'x'));
  ExitRecord wrong = record(10, 100, 0);
  wrong.checksum = 1;
  write_bytes({reinterpret_cast<const char*>(&wrong), sizeof(wrong)});
  write(record(11, 110, 0));
  EXPECT_FALSE(read_exit(journal_, {10, 100}));
  EXPECT_TRUE(read_exit(journal_, {11, 110}));
}

TEST_F(ExitJournal, LooksIntoTheJournalBeforeThisOne) {
  write(record(10, 100, 5 << 8));
  std::filesystem::rename(journal_, journal_ + ".1");
  write(record(11, 110, 6 << 8));
  EXPECT_EQ(read_exit(journal_, {10, 100})->status.code, 5);
  EXPECT_EQ(read_exit(journal_, {11, 110})->status.code, 6);
}

TEST_F(ExitJournal, ReadsMoreRecordsThanItTakesAtOnce) {
  for (int pid = 1; pid <= 1000; ++pid) write(record(pid, 1, (pid % 256) << 8));
  EXPECT_EQ(read_exit(journal_, {1000, 1})->status.code, 1000 % 256);
  EXPECT_EQ(read_exit(journal_, {129, 1})->status.code, 129);
}

}  // namespace
