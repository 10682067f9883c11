package dev.fleetwright.adapters.local;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/// The port at which a component answers, whichever process answers behind it.
///
/// It hands bytes on and reads none of them, so it serves every protocol over TCP. To switch is to
/// send new connections to another process; those that are open stay where they are. A newcomer
/// beside that process may have a share of them.
final class Front implements AutoCloseable {

  /// Bounds the memory of the keeper: two threads and two buffers for each. More callers wait in
  /// the backlog of the port.
  private static final int MOST_CONNECTIONS = 1000;

  private static final int BACKLOG = 1000;
  private static final int BUFFER = 8 << 10;
  private static final Duration CONNECT_PATIENCE = Duration.ofSeconds(2);

  /// How long a connection may linger when one side has finished and the other does not.
  private static final Duration HALF_CLOSED = Duration.ofMinutes(1);

  /// A connection that is quiet for so long has most likely no request under way.
  private static final Duration IDLE = Duration.ofSeconds(1);

  private final ServerSocket server;
  private final Semaphore room = new Semaphore(MOST_CONNECTIONS);
  private @Nullable Instance instance;
  private @Nullable Instance newcomer;
  private int percent;

  /// Grows by the share with each connection; at a hundred it is the newcomer's turn. So of any
  /// hundred connections in a row it has exactly its share, which chance would only come near to.
  private int due;

  /// Listen; connections wait until [#switchTo] says where they go.
  ///
  /// @param address with port 0 for any free one
  /// @throws java.net.BindException if the port is taken
  Front(InetSocketAddress address) throws IOException {
    server = new ServerSocket();
    try {
      server.bind(address, BACKLOG);
    } catch (IOException e) {
      server.close();
      throw e;
    }
  }

  int port() {
    return server.getLocalPort();
  }

  /// Send new connections there.
  ///
  /// @return where they went before
  synchronized Optional<Instance> switchTo(Instance next) {
    var before = Optional.ofNullable(instance);
    instance = next;
    if (before.isEmpty()) {
      Thread.ofVirtual().name("front-" + port()).start(this::accept);
    }
    return before;
  }

  /// Send this share of new connections to a newcomer; one that is dead gets none.
  ///
  /// @param share in percent; 0 for none
  synchronized void share(@Nullable Instance beside, int share) {
    newcomer = beside;
    percent = beside == null ? 0 : share;
  }

  private Instance next(Instance usual) {
    var other = newcomer;
    if (other == null || percent == 0 || !other.alive()) {
      return usual;
    }
    due += percent;
    if (due < 100) {
      return usual;
    }
    due -= 100;
    return other;
  }

  /// Refuse new connections from now on; those that are open go on.
  @Override
  public void close() throws IOException {
    server.close();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        room.acquire();
        var caller = server.accept();
        Thread.ofVirtual()
            .start(() -> {
              try {
                serve(caller);
              } finally {
                room.release();
              }
            });
      } catch (IOException e) {
        room.release();
        // Too many open files, or a caller that was gone before it was accepted: go on, not at
        // once.
        pause(e);
      } catch (InterruptedException _) {
        return;
      }
    }
  }

  private void pause(IOException e) {
    if (!server.isClosed()) {
      System.err.println("port " + port() + ": " + e);
      try {
        Thread.sleep(100);
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void serve(Socket caller) {
    try (var connection = open(caller)) {
      connection.carry();
    } catch (IOException _) {
      // The process does not answer, or one of the two hung up. The caller sees its connection end.
    }
  }

  private Connection open(Socket caller) throws IOException {
    var connection = new Connection(caller);
    // Counted before it is connected, and under the lock that switchTo takes: a drain that begins
    // later sees the connection, one that began earlier is not in its way.
    synchronized (this) {
      if (instance == null) {
        throw new IllegalStateException("nobody was named to answer at port " + port());
      }
      connection.goesTo(next(instance));
    }
    return connection;
  }

  /// A caller and the process that serves it.
  static final class Connection implements AutoCloseable {

    private final Socket caller;
    private volatile @Nullable Instance instance;
    private volatile @Nullable Socket server;
    private volatile long lastByte = System.nanoTime();

    private Connection(Socket caller) {
      this.caller = caller;
    }

    private void goesTo(Instance where) {
      instance = where;
      where.connections().add(this);
    }

    private void carry() throws IOException {
      var where = instance;
      if (where == null) {
        return;
      }
      caller.setTcpNoDelay(true);
      var socket = where.connect(CONNECT_PATIENCE);
      server = socket;
      var up = Thread.ofVirtual().start(() -> copy(caller, socket));
      copy(socket, caller);
      try {
        up.join(HALF_CLOSED);
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }

    private void copy(Socket from, Socket to) {
      try {
        // Not closed here: closing a stream closes its socket in both directions.
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        var buffer = new byte[BUFFER];
        for (var count = in.read(buffer); count >= 0; count = in.read(buffer)) {
          out.write(buffer, 0, count);
          lastByte = System.nanoTime();
        }
        to.shutdownOutput();
      } catch (IOException _) {
        // Broken in one direction is of no use in the other.
        close();
      }
    }

    /// End it unless something was said a moment ago.
    void closeWhenIdle() {
      if (System.nanoTime() - lastByte > IDLE.toNanos()) {
        close();
      }
    }

    @Override
    public void close() {
      var where = instance;
      if (where != null) {
        where.connections().remove(this);
      }
      closeQuietly(caller);
      var socket = server;
      if (socket != null) {
        closeQuietly(socket);
      }
    }

    private static void closeQuietly(Socket socket) {
      try {
        socket.close();
      } catch (IOException _) {
        // It is gone either way.
      }
    }
  }
}
