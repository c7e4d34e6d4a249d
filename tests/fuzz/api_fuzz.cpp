// Any three lines as method, target and body: what is accepted is understood again when written.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "orchestrator/supervise/api_request.hpp"
#include "orchestrator/supervise/api_response.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);  // NOLINT
  const auto method_end = text.find('\n');
  const auto target_end = method_end == std::string_view::npos ? std::string_view::npos
                                                               : text.find('\n', method_end + 1);
  if (target_end != std::string_view::npos) {
    const auto request = orchestrator::read_control_request(
        text.substr(0, method_end), text.substr(method_end + 1, target_end - method_end - 1),
        text.substr(target_end + 1));
    if (request) {
      const auto written = orchestrator::write_control_request(*request);
      const auto again =
          orchestrator::read_control_request(written.method, written.target, written.body);
      if (!again || *again != *request) std::abort();
    }
  }
  orchestrator::ResponseReader response;
  (void)response.take(text);
  return 0;
}
