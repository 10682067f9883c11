package dev.fleetwright.kubernetes.board;

import java.util.Locale;

/// One pod that is there, or one that should be.
///
/// @param pod its name; empty for one that is not there yet
/// @param status its phase in small letters, as GitLab's API has it: `pending`, `running`,
///   `succeeded`, `failed`, `unknown`
/// @param track `stable`, `canary` or another that somebody named
/// @param finished whether it is ready and of the newest revision
/// @param tooltip what a person reads over it
public record Square(String pod, String status, String track, boolean finished, String tooltip) {

  /// The track of what has no label.
  public static final String STABLE = "stable";

  public boolean stable() {
    return track.equals(STABLE);
  }

  static Square of(String pod, String phase, String track, boolean finished, String more) {
    var status = phase.isEmpty() ? "pending" : phase.toLowerCase(Locale.ROOT);
    return new Square(pod, status, track, finished, pod + " (" + status + ")" + more);
  }

  static Square awaited(String track) {
    return new Square("", "pending", track, false, "not there yet (pending)");
  }
}
