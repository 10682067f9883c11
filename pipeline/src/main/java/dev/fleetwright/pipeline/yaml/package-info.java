/// YAML as a tree in which every node knows where it was written, read the way GitLab's loader
/// reads it and bounded against hostile input.
@NullMarked
package dev.fleetwright.pipeline.yaml;

import org.jspecify.annotations.NullMarked;
