// Findings: collects everything that a load has to say, so that one run tells all of it.
#pragma once

#include <string>
#include <vector>

#include "schemas/vocabulary/finding.hpp"

namespace schemas {

class Findings {
 public:
  void error(const Mark& mark, std::string path, std::string text, std::string hint = {});
  void warn(const Mark& mark, std::string path, std::string text, std::string hint = {});

  // An error of a reader; its text may already begin with the place.
  void error_at(const Mark& mark, std::string path, const Error& failed);

  [[nodiscard]] bool has_errors() const { return !errors_.empty(); }
  [[nodiscard]] std::vector<Finding> take_errors();    // sorted by place
  [[nodiscard]] std::vector<Finding> take_warnings();  // sorted by place

 private:
  std::vector<Finding> errors_;
  std::vector<Finding> warnings_;
};

}  // namespace schemas
