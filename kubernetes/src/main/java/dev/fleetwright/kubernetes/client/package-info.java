/// One API server, spoken to in JSON trees: any kind of object, also those this release has never
/// heard of, and no field lost.
@NullMarked
package dev.fleetwright.kubernetes.client;

import org.jspecify.annotations.NullMarked;
