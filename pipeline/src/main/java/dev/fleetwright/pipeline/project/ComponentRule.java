package dev.fleetwright.pipeline.project;

import dev.fleetwright.core.target.Settings;
import dev.fleetwright.pipeline.problem.Position;
import java.util.Optional;

/// A part of a release as `release:` names it.
///
/// @param files folder among the pipeline's artifacts, without a `/` at the end; empty for an image
/// @param at where the file names it
/// @param settings `run.…` and `image`, as targets read them; durations in seconds
public record ComponentRule(String name, Optional<String> files, Settings settings, Position at) {}
