package dev.fleetwright.server.http;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.channels.ServerSocketChannel;

/// An address that is taken, before anything is served there: what links are made of has to be
/// known first, and a port that is in use is found out before anything else is done.
///
/// @param uri where it is reached from this machine
public record Listener(ServerSocketChannel channel, URI uri) implements AutoCloseable {

  /// How many connections may wait to be accepted.
  private static final int WAITING = 1_024;

  /// Take an address.
  ///
  /// @param port 0 for a free one
  /// @throws IOException when it cannot be had
  public static Listener on(String host, int port) throws IOException {
    var address = new InetSocketAddress(host, port);
    if (address.isUnresolved()) {
      throw new IOException("there is no host `" + host + "`");
    }
    var channel = ServerSocketChannel.open();
    try {
      channel.setOption(java.net.StandardSocketOptions.SO_REUSEADDR, true);
      channel.bind(address, WAITING);
      var taken = (InetSocketAddress) channel.getLocalAddress();
      return new Listener(channel, uri(taken));
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  private static URI uri(InetSocketAddress taken) {
    var address = taken.getAddress();
    var host =
        address.isAnyLocalAddress()
            ? "127.0.0.1"
            : address.getHostAddress().contains(":")
                ? "[" + address.getHostAddress().split("%", 2)[0] + "]"
                : address.getHostAddress();
    return URI.create("http://" + host + ":" + taken.getPort());
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
