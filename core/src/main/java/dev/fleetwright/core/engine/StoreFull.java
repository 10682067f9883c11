package dev.fleetwright.core.engine;

import java.io.IOException;

/// There is too little room to begin anything new; what is under way has enough to end. Nothing was
/// stored. Asking again helps once somebody has made room.
public final class StoreFull extends StoreUnavailable {

  /// @param reason which disk, and how much is left, for people
  public StoreFull(String reason) {
    super(reason, new IOException(reason));
  }
}
