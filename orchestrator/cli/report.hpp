// What goes to stderr once, in one form: errors, warnings, findings.
#pragma once

#include <string_view>
#include <vector>

#include "schemas/vocabulary/error.hpp"
#include "schemas/vocabulary/finding.hpp"

namespace orchestrator {

void report_error(const schemas::Error& error);  // "error: up: start web-1: ..."
void report_warning(std::string_view text);
void report_findings(const std::vector<schemas::Finding>& findings);

// Something to know that is neither: to stderr as it is.
void print_message(std::string_view text);

// A result on stdout. A reader that has gone (EPIPE) is no error.
void print(std::string_view text);

// All of it, whatever it takes; a reader that has gone ends us by SIGPIPE, as every filter.
void write_to(int descriptor, std::string_view text);

}  // namespace orchestrator
