package dev.fleetwright.kubernetes.client;

import java.io.IOException;

/// There was no answer, or only a part of one. A request that changes something may or may not have
/// been heard.
public final class ApiLost extends IOException {

  private final boolean heard;

  /// @param what in a few words what is wrong, such as `api.example:6443 does not answer`
  /// @param heard whether the request may have arrived
  public ApiLost(String what, boolean heard, Throwable cause) {
    super(what, cause);
    this.heard = heard;
  }

  /// Whether the request may have arrived: then what it asked for may have happened.
  public boolean heard() {
    return heard;
  }
}
