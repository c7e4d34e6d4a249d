// The keys phase: which keys every object of the project file may have.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "schemas/spec/findings.hpp"

namespace schemas {

// The keys of one kind of object: those we understand, and those of compose that we do not yet.
struct KeyTable {
  std::span<const std::string_view> known;
  std::span<const std::string_view> later;
};

namespace keys {
extern const KeyTable kProject;
extern const KeyTable kService;
extern const KeyTable kHealthcheck;
extern const KeyTable kDependency;
extern const KeyTable kPort;
extern const KeyTable kMount;
extern const KeyTable kMountBind;
extern const KeyTable kMountVolume;
extern const KeyTable kMountTmpfs;
extern const KeyTable kServiceNetwork;
extern const KeyTable kServiceFile;
extern const KeyTable kEnvFile;
extern const KeyTable kDeploy;
extern const KeyTable kDeployResources;
extern const KeyTable kDeployLimits;
extern const KeyTable kNetwork;
extern const KeyTable kIpam;
extern const KeyTable kIpamConfig;
extern const KeyTable kDriverOptions;
extern const KeyTable kVolume;
extern const KeyTable kFile;
}  // namespace keys

// Refuses every key that is not in the table (x-… is always allowed), with the nearest known one.
void check_keys(const Node& mapping, const std::string& path, const KeyTable& table,
                Findings& findings);

// The word that `text` was probably meant to be.
[[nodiscard]] std::optional<std::string_view> nearest_word(std::string_view text,
                                                           std::span<const std::string_view> words);

// "did you mean `x`?", or nothing.
[[nodiscard]] std::string did_you_mean(std::string_view text,
                                       std::span<const std::string_view> words);

}  // namespace schemas
