/// Pods as squares, as GitLab's deploy boards show them. Pure: no clock, no network.
@NullMarked
package dev.fleetwright.kubernetes.board;

import org.jspecify.annotations.NullMarked;
