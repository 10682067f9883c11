package dev.fleetwright.core.analysis;

import java.net.URI;

/// Port: tells whether a release that is being watched does well.
public interface Analysis {

  /// Look once at one address. Bounded in time and in what it reads; changes nothing; harmless to
  /// repeat, which is what happens when the server dies between looking and noting.
  ///
  /// @param trusted whether a target named the address; one that a person wrote may not lead to
  ///   this machine or to a cloud's metadata service
  Measurement measure(HttpProbe probe, URI address, boolean trusted);
}
