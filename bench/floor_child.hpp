// What the floor's child gets: plain pointers and descriptors, ready before the clone.
#pragma once

#include <linux/filter.h>

#include <cstddef>

namespace bench {

struct BindPlan {
  const char* source;
  const char* target;
};

struct ChildPlan {
  const char* name;
  const char* root;     // the mount point of the overlay
  const char* overlay;  // its options
  BindPlan etc_files[3];
  const int* tasks;
  std::size_t task_count;
  int network;
  int go;      // one byte: the parent has written its record
  int report;  // close-on-exec
  int standard_input;
  int standard_output;
  int standard_error;
  sock_filter* filter;
  unsigned short filter_length;
};

[[noreturn]] void run_child(const ChildPlan& plan);

}  // namespace bench
