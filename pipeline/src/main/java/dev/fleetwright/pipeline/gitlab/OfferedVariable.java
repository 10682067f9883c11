package dev.fleetwright.pipeline.gitlab;

import java.util.List;

/// A global variable with a description: what a person who starts a pipeline is asked for.
///
/// @param value what it has if nothing else is given
/// @param options the values that may be given; empty for any
public record OfferedVariable(String name, String value, String description, List<String> options) {
  public OfferedVariable {
    options = List.copyOf(options);
  }
}
