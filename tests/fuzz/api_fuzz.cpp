// Fuzz body of the control API: any request is refused with a reason, or can be written as it was
// meant.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "orchestrator/supervise/api_request.hpp"

namespace {

// Cuts the next line off the front of `text`.
std::string_view take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

}  // namespace

// "METHOD\nTARGET\nBODY".
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string_view method = take_line(text);
  const std::string_view target = take_line(text);
  static_cast<void>(orchestrator::read_error_body(500, text));
  const auto request = orchestrator::read_control_request(method, target, text);
  if (!request) return 0;
  const auto written = orchestrator::write_control_request(*request);
  const auto again =
      orchestrator::read_control_request(written.method, written.target, written.body);
  if (!again || *again != *request) std::abort();
  return 0;
}
