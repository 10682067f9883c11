package dev.fleetwright.pipeline.gitlab;

import dev.fleetwright.pipeline.problem.Position;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// An entry of `needs` as it is written.
///
/// @param matrix which instances of a parallel job; empty for all of them
record NeedText(
    Position at,
    String job,
    boolean artifacts,
    boolean optional,
    Optional<List<Map<String, List<String>>>> matrix) {}
