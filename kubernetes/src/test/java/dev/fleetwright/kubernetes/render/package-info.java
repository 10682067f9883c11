@NullMarked
package dev.fleetwright.kubernetes.render;

import org.jspecify.annotations.NullMarked;
