/// Kubernetes clusters as targets.
///
/// [KubernetesTarget] is what the server opens. What an environment has in a cluster is in its
/// [Inventory]; [Changes] says what would change, [Rollout] does it, [View] says what is there.
@NullMarked
package dev.fleetwright.kubernetes;

import org.jspecify.annotations.NullMarked;
