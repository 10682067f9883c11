package dev.fleetwright.adapters.ssh;

import java.util.Optional;
import java.util.regex.Pattern;

/// One host of a target.
///
/// @param name as the configuration writes it; what people and slices call it
/// @param address a host name or an IP address, without brackets
record Host(String name, String address, int port) {

  static final int SSH_PORT = 22;

  /// What `name`, `name:port`, `[address]` and `[address]:port` have in common. A name starts with
  /// a letter or digit, so that it can never be taken for an option.
  private static final Pattern FORM =
      Pattern.compile(
          "(?:\\[(?<six>[0-9A-Fa-f.]*:[0-9A-Fa-f:.]+(?:%[A-Za-z0-9]+)?)]|(?<plain>[A-Za-z0-9][A-Za-z0-9._-]{0,252}))"
              + "(?::(?<port>[0-9]{1,5}))?");

  /// Read `edge-1.example`, `edge-1.example:2222` or `[2001:db8::1]:22`; empty if it is none of
  /// these.
  static Optional<Host> parse(String text, int defaultPort) {
    var match = FORM.matcher(text);
    if (!match.matches()) {
      return Optional.empty();
    }
    var port = match.group("port") == null ? defaultPort : Integer.parseInt(match.group("port"));
    var address = match.group("six") == null ? match.group("plain") : match.group("six");
    return port < 1 || port > 65_535
        ? Optional.empty()
        : Optional.of(new Host(text, address, port));
  }

  /// As `known_hosts` names it: bare on port 22, else `[address]:port` (sshd(8)).
  String knownHostsName() {
    return port == SSH_PORT ? address : "[" + address + "]:" + port;
  }

  @Override
  public String toString() {
    return name;
  }
}
