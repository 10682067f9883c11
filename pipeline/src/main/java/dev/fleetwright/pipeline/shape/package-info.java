/// What a part of a file may look like, as data: one description serves to check a file, to suggest
/// what a mistyped key should have been, and to compare the reference page with what is really
/// read.
@NullMarked
package dev.fleetwright.pipeline.shape;

import org.jspecify.annotations.NullMarked;
