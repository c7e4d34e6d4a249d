// The check phase: what no single section can know, because it is about several of them.
#pragma once

#include "schemas/spec/findings.hpp"
#include "schemas/spec/spec.hpp"
#include "schemas/vocabulary/document.hpp"

namespace schemas {

// Unknown names, cycles, duplicates and contradictions. `document` tells where things were written.
void check_spec(const Spec& spec, const Node& document, Findings& findings);

// The parts of it that are about addresses and ports.
void check_networks(const Spec& spec, const Node& document, Findings& findings);

// Cycles of depends_on, each with its chain.
void check_cycles(const Spec& spec, const Node& document, Findings& findings);

// Where `item` (or, without it, `key`) of a service was written.
[[nodiscard]] Mark place_in_service(const Node& document, const Service& service,
                                    std::string_view key, std::string_view item = {});

}  // namespace schemas
