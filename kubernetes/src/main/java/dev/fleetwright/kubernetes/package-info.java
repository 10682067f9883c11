/// Kubernetes clusters as targets.
@NullMarked
package dev.fleetwright.kubernetes;

import org.jspecify.annotations.NullMarked;
