package dev.fleetwright.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/// A network between a client and a server of a test that fails on demand. Listens on a port of
/// 127.0.0.1 and passes on what it gets, both ways, in order; needs no privileges and no other
/// tool.
///
/// Faults hold for connections that are open and for those that come, until [#heal].
public final class FaultProxy implements AutoCloseable {

  private static final int CHUNK = 16 << 10;

  private final InetSocketAddress server;
  private final int port;
  private final Set<Pair> pairs = ConcurrentHashMap.newKeySet();
  private final AtomicLong connections = new AtomicLong();
  private final AtomicLong bytesToServer = new AtomicLong();
  private final AtomicLong bytesToClient = new AtomicLong();
  private final Object change = new Object();

  // Guarded by `change`.
  private ServerSocket listener;
  private Thread accepting;
  private boolean holding;
  private Duration delay = Duration.ZERO;
  private long cutAfter = Long.MAX_VALUE;
  private boolean closed;

  private record Pair(Socket client, Socket server) {}

  /// A proxy to this server, healthy at first.
  public FaultProxy(InetSocketAddress server) throws IOException {
    this.server = server;
    this.listener = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
    this.port = listener.getLocalPort();
    this.accepting = accept(listener);
  }

  /// Where clients connect to, on 127.0.0.1; the same as long as this proxy lives.
  public int port() {
    return port;
  }

  /// How many connections came so far.
  public long connections() {
    return connections.get();
  }

  /// How many bytes clients have sent so far.
  public long bytesToServer() {
    return bytesToServer.get();
  }

  /// How many bytes the server has sent so far.
  public long bytesToClient() {
    return bytesToClient.get();
  }

  /// The server's program has ended: open connections are closed, new ones are refused.
  public void cut() throws IOException {
    Thread acceptor;
    synchronized (change) {
      listener.close();
      acceptor = accepting;
    }
    // The kernel has the port until the thread that accepts has noticed: only then is a connection
    // refused, and can heal() listen there again.
    awaitEnd(acceptor);
    pairs.forEach(FaultProxy::closeBoth);
  }

  /// As [#cut], once clients have sent so many more bytes; the last of them do not arrive.
  public void cutAfterBytesToServer(long more) {
    synchronized (change) {
      cutAfter = bytesToServer.get() + more;
    }
  }

  /// Open connections are reset (TCP RST); new ones get through.
  public void reset() throws IOException {
    for (var pair : pairs) {
      // Closing a socket that does not linger discards what is queued and sends a reset.
      pair.client().setSoLinger(true, 0);
      pair.server().setSoLinger(true, 0);
      closeBoth(pair);
    }
  }

  /// The cable is pulled: connections stay open and nothing gets through, in either direction. What
  /// was sent meanwhile gets through after [#heal].
  public void blackhole() {
    synchronized (change) {
      holding = true;
    }
  }

  /// Everything takes longer by this much, in each direction.
  public void delay(Duration longer) {
    synchronized (change) {
      delay = longer;
    }
  }

  /// All is well again, on the same port.
  public void heal() throws IOException {
    synchronized (change) {
      holding = false;
      delay = Duration.ZERO;
      cutAfter = Long.MAX_VALUE;
      if (listener.isClosed() && !closed) {
        listener = new ServerSocket();
        listener.setReuseAddress(true);
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 200);
        accepting = accept(listener);
      }
      change.notifyAll();
    }
  }

  private static void awaitEnd(Thread thread) throws IOException {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while closing the port", e);
    }
  }

  private Thread accept(ServerSocket from) {
    return Thread.ofVirtual()
        .name("fault-proxy-" + port)
        .start(() -> {
          while (!from.isClosed()) {
            try {
              connect(from.accept());
            } catch (IOException e) {
              // Closed by cut() or close(), or a client that has gone again.
            }
          }
        });
  }

  private void connect(Socket client) throws IOException {
    connections.incrementAndGet();
    var up = new Socket();
    var pair = new Pair(client, up);
    pairs.add(pair);
    Thread.ofVirtual()
        .start(() -> {
          try {
            awaitPassage();
            up.connect(server);
            Thread.ofVirtual().start(() -> pump(pair, client, up, true));
            pump(pair, up, client, false);
          } catch (IOException e) {
            end(pair);
          }
        });
  }

  private void pump(Pair pair, Socket from, Socket to, boolean toServer) {
    try {
      var in = from.getInputStream();
      var out = to.getOutputStream();
      pump(in, out, toServer);
      to.shutdownOutput();
      // The direction that ends last closes both.
      if (from.isOutputShutdown()) {
        end(pair);
      }
    } catch (IOException e) {
      end(pair);
    }
  }

  private void pump(InputStream in, OutputStream out, boolean toServer) throws IOException {
    var chunk = new byte[CHUNK];
    for (var length = in.read(chunk); length >= 0; length = in.read(chunk)) {
      awaitPassage();
      var passed = (toServer ? bytesToServer : bytesToClient).addAndGet(length);
      if (toServer && passed >= cutsAfter()) {
        cut();
        return;
      }
      out.write(chunk, 0, length);
      out.flush();
    }
  }

  private long cutsAfter() {
    synchronized (change) {
      return cutAfter;
    }
  }

  private void awaitPassage() throws IOException {
    Duration longer;
    try {
      synchronized (change) {
        while (holding && !closed) {
          change.wait();
        }
        longer = delay;
      }
      if (longer.isPositive()) {
        Thread.sleep(longer);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private void end(Pair pair) {
    closeBoth(pair);
    pairs.remove(pair);
  }

  private static void closeBoth(Pair pair) {
    for (var socket : List.of(pair.client(), pair.server())) {
      try {
        socket.close();
      } catch (IOException e) {
        throw new UncheckedIOException("closing a connection", e);
      }
    }
  }

  @Override
  public void close() {
    synchronized (change) {
      closed = true;
      change.notifyAll();
    }
    try {
      cut();
    } catch (IOException e) {
      throw new UncheckedIOException("closing the proxy", e);
    }
  }
}
