/// The files of a repository at one commit.
@NullMarked
package dev.fleetwright.pipeline.source;

import org.jspecify.annotations.NullMarked;
