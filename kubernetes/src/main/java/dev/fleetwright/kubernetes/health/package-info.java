/// How an object of a cluster is: pure rules over its JSON. No clock, no network, no cluster.
///
/// [dev.fleetwright.kubernetes.health.ObjectHealth] is where to begin. What it says of Kubernetes'
/// own kinds is what kstatus says, made stricter by the rules of `kubectl rollout status` and
/// quicker to fail by looking at the pods; custom resources are judged by conventions, and by rules
/// that ship as data or that a user writes.
@NullMarked
package dev.fleetwright.kubernetes.health;

import org.jspecify.annotations.NullMarked;
