package dev.fleetwright.pipeline.project;

import dev.fleetwright.core.target.Settings;
import dev.fleetwright.pipeline.problem.Position;
import java.util.Optional;

/// A part of a release as `release:` names it.
///
/// @param files folder among the pipeline's artifacts or in the repository, without a `/` at the
///   end; where the settings have `manifests` it holds Kubernetes objects. Empty for an image
/// @param image how the image comes to be; empty for files
/// @param settings `run.…`, as targets read them; durations in milliseconds
/// @param at where the file names it
public record ComponentRule(
    String name,
    Optional<String> files,
    Optional<ImageRule> image,
    Settings settings,
    Position at) {}
