# How floors, their tests and the house rules (warnings, sanitizers) are declared.

add_library(house_rules INTERFACE)
target_compile_options(house_rules INTERFACE
  $<$<COMPILE_LANGUAGE:CXX>:-Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow
  -Wold-style-cast -Wnon-virtual-dtor -Wduplicated-cond -Wformat=2
  # Designated initialisers leave out what keeps its default: that is their point.
  -Wno-missing-field-initializers
  # g++ 12 sees overruns in std::string and std::expected that are not there (its bugs 105329,
  # 105651, 107852); clang-tidy and the sanitizers look for the real ones.
  -Wno-array-bounds -Wno-maybe-uninitialized -Wno-restrict -Wno-stringop-overflow>)
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  target_compile_options(house_rules INTERFACE -Wno-unknown-warning-option)
endif()
if(WARNINGS_AS_ERRORS)
  target_compile_options(house_rules INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-Werror>)
endif()
if(SANITIZE)
  add_compile_options(-fsanitize=${SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${SANITIZE})
endif()

# What nearly every file includes, parsed once a target: a fifth of the build's time.
option(PRECOMPILED_HEADERS "Precompile the headers of the standard library and fmt" ON)
function(precompile_headers name)
  if(PRECOMPILED_HEADERS)
    target_compile_options(${name} PRIVATE -fpch-preprocess)  # for ccache
    target_precompile_headers(${name} PRIVATE <algorithm> <chrono> <expected> <functional> <map>
      <memory> <optional> <string> <variant> <vector> <fmt/format.h> ${ARGN})
  endif()
endfunction()

# A floor: a static library, the floors it stands on (KNOWS), the packages that it hides (HIDES).
function(add_floor name)
  cmake_parse_arguments(FLOOR "" "" "SOURCES;HEADERS;KNOWS;HIDES" ${ARGN})
  add_library(${name} STATIC ${FLOOR_SOURCES})
  target_sources(${name} PUBLIC FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR} FILES ${FLOOR_HEADERS})
  target_link_libraries(${name} PUBLIC ${FLOOR_KNOWS} fmt::fmt PRIVATE house_rules ${FLOOR_HIDES})
  precompile_headers(${name})
endfunction()

# A floor's test program, which links that floor only. LABEL is pure (no root), kernel or walk (root).
function(add_floor_test name)
  cmake_parse_arguments(TEST "" "LABEL" "SOURCES;KNOWS" ${ARGN})
  add_executable(${name} ${TEST_SOURCES})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR})
  target_compile_definitions(${name} PRIVATE SOURCE_DIRECTORY="${PROJECT_SOURCE_DIR}")
  target_link_libraries(${name} PRIVATE ${TEST_KNOWS} house_rules GTest::gmock test_support)
  if(NOT TEST_LABEL STREQUAL "pure")
    target_link_libraries(${name} PRIVATE kernel_box)
  else()
    target_link_libraries(${name} PRIVATE GTest::gtest_main)
  endif()
  precompile_headers(${name} <gmock/gmock.h> <gtest/gtest.h>)
  add_test(NAME ${name} COMMAND ${name})
  # A kernel test without root ends with 77, loudly; a test that skips itself has failed.
  set_tests_properties(${name} PROPERTIES LABELS "${TEST_LABEL}" TIMEOUT 300 SKIP_RETURN_CODE 77
    FAIL_REGULAR_EXPRESSION "\\[  SKIPPED \\]")
  if(NOT TEST_LABEL STREQUAL "pure")
    set_tests_properties(${name} PROPERTIES RUN_SERIAL ON)
  endif()
endfunction()
