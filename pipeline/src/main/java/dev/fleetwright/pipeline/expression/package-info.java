/// The language of `rules:if`.
@NullMarked
package dev.fleetwright.pipeline.expression;

import org.jspecify.annotations.NullMarked;
