// `image import` and `image ls`.
#include "orchestrator/cli/commands.hpp"
#include "orchestrator/cli/project.hpp"
#include "orchestrator/cli/report.hpp"
#include "orchestrator/cli/supervisor_link.hpp"
#include "orchestrator/cli/table.hpp"
#include "runtime/image/import.hpp"
#include "runtime/sys/clock.hpp"
#include "schemas/vocabulary/document.hpp"

namespace orchestrator {
namespace {

using runtime::ImageSummary;

// Powers of 1000 and three digits, as docker prints image sizes: "7.8MB".
std::string size_text(std::int64_t bytes) {
  double value = static_cast<double>(bytes);
  std::size_t unit = 0;
  constexpr const char* kUnits[] = {"B", "kB", "MB", "GB", "TB"};
  while (value >= 1000 && unit + 1 < std::size(kUnits)) {
    value /= 1000;
    ++unit;
  }
  return fmt::format("{:.3g}{}", value, kUnits[unit]);
}

// "tutti/base:latest" as repository and tag.
std::pair<std::string, std::string> split_reference(const std::string& reference) {
  const auto colon = reference.rfind(':');
  if (colon == std::string::npos || reference.find('/', colon) != std::string::npos) {
    return {reference, "<none>"};
  }
  return {reference.substr(0, colon), reference.substr(colon + 1)};
}

std::string write_images_json(const std::vector<ImageSummary>& images) {
  std::string text;
  for (const auto& image : images) {
    const auto [repository, tag] = split_reference(image.reference.text);
    schemas::Node line = schemas::Node::mapping();
    line.set("ID", schemas::Node::string(image.id.text()));
    line.set("Repository", schemas::Node::string(repository));
    line.set("Tag", schemas::Node::string(tag));
    line.set("CreatedAt", schemas::Node::string(schemas::write_wall_time(image.created)));
    line.set("Size", schemas::Node::number(image.size));
    text += schemas::write_json(line) + "\n";
  }
  return text;
}

std::string write_images_table(const std::vector<ImageSummary>& images) {
  const schemas::WallTime now = runtime::wall_now();
  std::vector<std::vector<std::string>> rows{{"REPOSITORY", "TAG", "IMAGE ID", "CREATED", "SIZE"}};
  for (const auto& image : images) {
    const auto [repository, tag] = split_reference(image.reference.text);
    const auto age = now > image.created ? now - image.created : schemas::Duration{0};
    rows.push_back({repository, tag, image.id.short_text(),
                    schemas::write_rough_duration(age) + " ago", size_text(image.size)});
  }
  return write_table(rows);
}

}  // namespace

ExitCode run_command(const GlobalOptions& global, const ImageImportOptions& options) {
  if (auto allowed = require_root("image import"); !allowed) return schemas::pass_up(allowed);
  runtime::ImportRequest request{options.file, schemas::ImageReference(options.reference),
                                 std::nullopt, options.changes};
  if (options.base) request.base = schemas::ImageReference(*options.base);
  auto image = runtime::import_image(layout_of(global), request);
  if (!image) return schemas::pass_up(image);
  print(image->id.text() + "\n");
  return exit_codes::kSuccess;
}

ExitCode run_command(const GlobalOptions& global, const ImageListOptions& options) {
  auto images = runtime::list_images(layout_of(global));
  if (!images) return schemas::pass_up(images);
  print(options.format == OutputFormat::Json ? write_images_json(*images)
                                             : write_images_table(*images));
  return exit_codes::kSuccess;
}

}  // namespace orchestrator
