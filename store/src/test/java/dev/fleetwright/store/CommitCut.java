package dev.fleetwright.store;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Stands between a client and PostgreSQL and cuts the connection at a commit.
final class CommitCut implements AutoCloseable {

  /// Which of the two the client cannot tell apart.
  enum When {
    /// PostgreSQL never hears of the commit.
    BEFORE_IT_ARRIVES,
    /// PostgreSQL commits; its answer is lost.
    AFTER_IT_ARRIVES
  }

  private static final byte[] COMMIT = "COMMIT".getBytes(StandardCharsets.US_ASCII);

  private final ServerSocket door;
  private final String host;
  private final int port;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final AtomicReference<@Nullable When> next = new AtomicReference<>();
  private volatile boolean cut;

  CommitCut(String jdbc) throws IOException {
    var server = URI.create(jdbc.substring("jdbc:".length()));
    host = server.getHost();
    port = server.getPort() < 0 ? 5432 : server.getPort();
    door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  /// The same database through this proxy. Without prepared statements of the server a commit is
  /// always the word itself.
  String url(String jdbc) {
    return jdbc.replaceFirst("//[^/]*/", "//127.0.0.1:" + door.getLocalPort() + "/")
        + "&prepareThreshold=0&sslmode=disable";
  }

  void cutNext(When when) {
    next.set(when);
  }

  boolean hasCut() {
    return cut;
  }

  private void accept() {
    while (!door.isClosed()) {
      try {
        var client = door.accept();
        var server = new Socket(host, port);
        sockets.add(client);
        sockets.add(server);
        Thread.ofVirtual().start(() -> toServer(client, server));
        Thread.ofVirtual().start(() -> toClient(server, client));
      } catch (IOException _) {
        // The test is over, or PostgreSQL is: the client notices.
      }
    }
  }

  private void toServer(Socket client, Socket server) {
    try (client) {
      var bytes = new byte[8192];
      for (var count = client.getInputStream().read(bytes);
          count >= 0;
          count = client.getInputStream().read(bytes)) {
        var when = contains(bytes, count) ? next.getAndSet(null) : null;
        if (when == When.AFTER_IT_ARRIVES) {
          // First deaf to the answer. PostgreSQL's side stays open, or it could lose the question.
          client.close();
          server.getOutputStream().write(bytes, 0, count);
        }
        if (when != null) {
          cut = true;
          break;
        }
        server.getOutputStream().write(bytes, 0, count);
      }
      server.shutdownOutput();
    } catch (IOException _) {
      // One of the two has gone, which the other notices.
    }
  }

  private void toClient(Socket server, Socket client) {
    try {
      server.getInputStream().transferTo(client.getOutputStream());
    } catch (IOException _) {
      // As above.
    }
  }

  private static boolean contains(byte[] bytes, int count) {
    for (var at = 0; at + COMMIT.length <= count; at++) {
      if (java.util.Arrays.equals(bytes, at, at + COMMIT.length, COMMIT, 0, COMMIT.length)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void close() throws IOException {
    door.close();
    for (var socket : sockets) {
      socket.close();
    }
  }
}
