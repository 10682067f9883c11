/// Renders kustomizations and Helm charts with the user's own programs, shut in: no network, no
/// environment, a folder with the tree alone, so much memory, time and output and no more.
@NullMarked
package dev.fleetwright.kubernetes.render;

import org.jspecify.annotations.NullMarked;
