// The small grammars of the project file: variables, dotenv, ports, words, keys, project names.
#include <gmock/gmock.h>

#include "schemas/spec/dotenv.hpp"
#include "schemas/spec/expand.hpp"
#include "schemas/spec/keys.hpp"
#include "schemas/spec/load.hpp"
#include "schemas/spec/parse/ports.hpp"
#include "schemas/spec/parse/shell_words.hpp"

namespace schemas {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string expanded(std::string_view text) {
  const Environment environment{{"SET", "value"}, {"EMPTY", ""}, {"_x9", "nine"}};
  const auto result = expand(text, [&](const std::string& name) -> std::optional<std::string> {
    const auto found = environment.find(name);
    return found == environment.end() ? std::nullopt : std::optional(found->second);
  });
  return result ? result->text : "error: " + result.error().text();
}

TEST(Expand, KnowsEveryOperator) {
  EXPECT_EQ(expanded("a $SET b ${SET} $_x9"), "a value b value nine");
  EXPECT_EQ(expanded("${EMPTY:-d}|${EMPTY-d}|${NO:-d}|${NO-d}|${SET:-d}"), "d||d|d|value");
  EXPECT_EQ(expanded("${SET:+a}|${EMPTY:+a}|${EMPTY+a}|${NO+a}"), "a||a|");
  EXPECT_EQ(expanded("${SET:?e}|${EMPTY?e}"), "value|");
  EXPECT_EQ(expanded("${NO:?say it}"), "error: required variable NO is missing a value: say it");
  EXPECT_EQ(expanded("${EMPTY:?}"), "error: required variable EMPTY is missing a value");
}

TEST(Expand, NestsInWordsAndLeavesOtherDollarsAlone) {
  EXPECT_EQ(expanded("${NO:-${EMPTY:-${SET}}}x"), "valuex");
  EXPECT_EQ(expanded("${NO:-a$$b}"), "a$b");
  EXPECT_EQ(expanded("$$SET $ $5 a$"), "$SET $ $5 a$");
  EXPECT_EQ(expanded("[$NO]"), "[]");
}

TEST(Expand, RefusesWhatIsNoTemplate) {
  for (const char* text : {"${}", "${ SET}", "${SET!}", "${SET", "${SET:}", "${5}"}) {
    EXPECT_THAT(expanded(text), HasSubstr("invalid template")) << text;
  }
}

TEST(Expand, IsBounded) {
  std::string deep;
  for (int i = 0; i < 100; ++i) deep += "${NO:-";
  EXPECT_THAT(expanded(deep + std::string(100, '}')), HasSubstr("nested too deep"));
}

TEST(Dotenv, ReadsTheWholeGrammar) {
  const Environment outer{{"OUT", "side"}};
  const auto read = read_dotenv(
      "\xEF\xBB\xBF# comment\n"
      "A=1\n"
      "export B = two words # gone\n"
      "C: yaml\n"
      "D='single $A # kept' # gone\n"
      "E=\"double $A \\$A \\n\\\"q\\\"\"\n"
      "F=$OUT/${A}\n"
      "G=a#b\n"
      "H=\n"
      "OUT\n"
      "UNSET_ALONE\n"
      "I='two\nlines'\n"
      "J=crlf\r\n",
      ".env", outer);
  ASSERT_TRUE(read.has_value()) << read.error().text();
  const Environment expected{{"A", "1"},
                             {"B", "two words"},
                             {"C", "yaml"},
                             {"D", "single $A # kept"},
                             {"E", "double 1 $A \n\"q\""},
                             {"F", "side/1"},
                             {"G", "a#b"},
                             {"H", ""},
                             {"OUT", "side"},
                             {"I", "two\nlines"},
                             {"J", "crlf"}};
  EXPECT_EQ(*read, expected);
}

TEST(Dotenv, NamesTheLineOfAnError) {
  const auto refusal = [](std::string_view text) {
    const auto read = read_dotenv(text, ".env", {});
    return read ? "accepted" : read.error().text();
  };
  EXPECT_THAT(refusal("A=1\nB='open\n"), HasSubstr(".env:2: the quoted value has no end"));
  EXPECT_THAT(refusal("A='x\ny'\nB=${}\n"), HasSubstr(".env:3: invalid template"));
  EXPECT_THAT(refusal("=1\n"), HasSubstr(".env:1"));
  EXPECT_THAT(refusal("A B\n"), HasSubstr(".env:1"));
  EXPECT_THAT(refusal("A='x' y\n"), HasSubstr("after the closing quote"));
}

TEST(Dotenv, RawTakesValuesAsTheyAre) {
  const auto read = read_dotenv("A='$X' # kept\n", "f", {}, DotenvFormat::Raw);
  EXPECT_EQ(read->at("A"), "'$X' # kept");
}

TEST(Dotenv, LosesToTheProcessAndLaterFilesWin) {
  const FileReader read = [](const std::string& path) -> Result<std::string> {
    if (path == "/one") return "A=1\nB=1\nC=1\n";
    if (path == "/two") return "B=2\nC=2\nD=$A\n";
    return fail(ErrorKind::NotFound, "no {}", path);
  };
  const auto merged = with_dotenv({{"C", "process"}}, {"/one", "/two"}, MissingFile::Refuse, read);
  const Environment expected{{"A", "1"}, {"B", "2"}, {"C", "process"}, {"D", "1"}};
  EXPECT_EQ(*merged, expected);
  EXPECT_TRUE(with_dotenv({}, {"/none"}, MissingFile::Skip, read).has_value());
  EXPECT_FALSE(with_dotenv({}, {"/none"}, MissingFile::Refuse, read).has_value());
}

std::string ports_of(std::string_view text) {
  const auto ports = read_short_port(text);
  if (!ports) return "error";
  std::string out;
  for (const ServicePort& port : *ports) {
    out += fmt::format("{}:{}->{}{} ", port.host_ip.text(), port.published.value_or(0), port.target,
                       port.transport == Transport::Tcp ? "" : "/udp");
  }
  return out;
}

TEST(Ports, ReadTheShortForms) {
  EXPECT_EQ(ports_of("80"), "0.0.0.0:0->80 ");
  EXPECT_EQ(ports_of("8080:80"), "0.0.0.0:8080->80 ");
  EXPECT_EQ(ports_of("127.0.0.1:8080:80/udp"), "127.0.0.1:8080->80/udp ");
  EXPECT_EQ(ports_of("127.0.0.1::80"), "127.0.0.1:0->80 ");
  EXPECT_EQ(ports_of("8000-8001:80-81"), "0.0.0.0:8000->80 0.0.0.0:8001->81 ");
  for (const char* text : {"", ":80", "0", "65536", "80:", "a:80", "8000-8002:80-81", "81-80",
                           "8080:80/sctp", "300.0.0.1:80:80", "[::1]:80:80", "8000-8010:80"}) {
    EXPECT_EQ(ports_of(text), "error") << text;
  }
}

TEST(ShellWords, SplitAsAShellDoes) {
  EXPECT_THAT(*split_words("  echo 'a b'\"c d\" e\\ f \"\\\"\" '' "),
              ElementsAre("echo", "a bc d", "e f", "\"", ""));
  EXPECT_THAT(*split_words("'\\n' \"\\n\""), ElementsAre("\\n", "\\n"));
  EXPECT_FALSE(split_words("echo 'open").has_value());
}

TEST(Keys, SuggestTheNearestWord) {
  const auto suggestion = [](std::string_view text) {
    return std::string(nearest_word(text, keys::kService.known).value_or("nothing"));
  };
  EXPECT_EQ(suggestion("imgae"), "image");
  EXPECT_EQ(suggestion("depends-on"), "depends_on");
  EXPECT_EQ(suggestion("dependsOn"), "depends_on");
  EXPECT_EQ(suggestion("enviroment"), "environment");
  EXPECT_EQ(suggestion("port"), "ports");
  EXPECT_EQ(suggestion("kubernetes"), "nothing");
  EXPECT_EQ(suggestion(std::string(1000, 'a')), "nothing");
}

TEST(ProjectName, IsNormalised) {
  EXPECT_EQ(normalise_project_name("My Shop.v2"), "myshopv2");
  EXPECT_EQ(normalise_project_name("_-a_b-"), "a_b-");
  EXPECT_EQ(normalise_project_name("..."), "");
}

}  // namespace
}  // namespace schemas
