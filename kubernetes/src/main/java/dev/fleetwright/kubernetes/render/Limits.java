package dev.fleetwright.kubernetes.render;

import java.time.Duration;

/// What rendering may cost. A real platform's largest charts take a second and 200 MB and write 6
/// MB.
///
/// @param memory in bytes, for data of the program (`RLIMIT_DATA`)
/// @param output in bytes
/// @param files in the tree
/// @param bytes of all files together
record Limits(Duration time, long memory, int output, int files, long bytes) {

  static final Limits USUAL =
      new Limits(Duration.ofSeconds(30), 1L << 30, 16 << 20, 20_000, 256L << 20);
}
