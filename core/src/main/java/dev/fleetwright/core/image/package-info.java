/// Container images: how they are named, which of them a release consists of, and the port to the
/// registries that keep them.
@NullMarked
package dev.fleetwright.core.image;

import org.jspecify.annotations.NullMarked;
