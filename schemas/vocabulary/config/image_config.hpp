// What an image says about itself: the part of the OCI image configuration that a start needs.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "schemas/vocabulary/config/health_config.hpp"
#include "schemas/vocabulary/digest.hpp"
#include "schemas/vocabulary/names.hpp"

namespace schemas {

// The "config" object of an OCI image configuration (image-spec, config.md).
struct ImageConfig {
  std::vector<std::string> entrypoint;
  std::vector<std::string> command;
  std::map<std::string, std::string> environment;
  std::string user;
  std::string working_directory;
  std::string stop_signal;
  std::vector<std::string> volumes;        // mount points, sorted
  std::vector<std::string> exposed_ports;  // "80/tcp", sorted
  std::map<std::string, std::string> labels;
  std::optional<HealthConfig> health;

  friend bool operator==(const ImageConfig&, const ImageConfig&) = default;
};

// An image of the store: which bytes, which layers, what it says about itself.
struct Image {
  ImageReference reference;    // as it was asked for
  Digest id;                   // of the image configuration: "image ID" in docker's words
  Digest manifest;             // of the manifest
  std::vector<Digest> layers;  // diff ids, base first
  ImageConfig config;

  friend bool operator==(const Image&, const Image&) = default;
};

}  // namespace schemas
