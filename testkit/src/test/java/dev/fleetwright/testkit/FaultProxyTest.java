package dev.fleetwright.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
@SuppressWarnings("NullAway.Init")
class FaultProxyTest {

  private ServerSocket echo;
  private FaultProxy proxy;

  @BeforeEach
  void start() throws IOException {
    echo = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::serve);
    proxy = new FaultProxy(new InetSocketAddress(echo.getInetAddress(), echo.getLocalPort()));
  }

  @AfterEach
  void stop() throws IOException {
    proxy.close();
    echo.close();
  }

  private void serve() {
    while (!echo.isClosed()) {
      try {
        var socket = echo.accept();
        Thread.ofVirtual()
            .start(() -> {
              try (socket) {
                socket.getInputStream().transferTo(socket.getOutputStream());
              } catch (IOException e) {
                // The test is over, or wanted this.
              }
            });
      } catch (IOException e) {
        return;
      }
    }
  }

  private Socket open() throws IOException {
    var socket = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
    socket.setSoTimeout(300);
    return socket;
  }

  private static int say(Socket socket, int what) throws IOException {
    socket.getOutputStream().write(what);
    return socket.getInputStream().read();
  }

  @Test
  void passes_on_what_it_gets_and_counts_it() throws IOException {
    try (var socket = open()) {
      assertThat(say(socket, 7)).isEqualTo(7);
    }
    assertThat(proxy.connections()).isEqualTo(1);
    assertThat(proxy.bytesToServer()).isEqualTo(1);
    assertThat(proxy.bytesToClient()).isEqualTo(1);
  }

  @Test
  void a_cut_closes_what_is_open_and_refuses_what_comes_until_it_heals() throws IOException {
    try (var socket = open()) {
      assertThat(say(socket, 7)).isEqualTo(7);
      proxy.cut();
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
    }
    assertThatThrownBy(this::open).isInstanceOf(ConnectException.class);
    proxy.heal();
    try (var socket = open()) {
      assertThat(say(socket, 8)).isEqualTo(8);
    }
  }

  @Test
  void a_reset_is_seen_as_one() throws IOException {
    try (var socket = open()) {
      assertThat(say(socket, 7)).isEqualTo(7);
      proxy.reset();
      assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(SocketException.class);
    }
  }

  @Test
  void nothing_leaves_a_blackhole_before_it_heals() throws IOException {
    try (var socket = open()) {
      assertThat(say(socket, 7)).isEqualTo(7);
      proxy.blackhole();
      assertThatThrownBy(() -> say(socket, 8)).isInstanceOf(SocketTimeoutException.class);
      proxy.heal();
      assertThat(socket.getInputStream().read()).isEqualTo(8);
    }
  }

  @Test
  void a_delay_is_felt_both_ways() throws IOException {
    proxy.delay(Duration.ofMillis(40));
    try (var socket = open()) {
      socket.setSoTimeout(10_000);
      var began = System.nanoTime();
      assertThat(say(socket, 7)).isEqualTo(7);
      assertThat(System.nanoTime() - began).isGreaterThan(Duration.ofMillis(80).toNanos());
    }
  }

  @Test
  void a_cut_can_come_in_the_middle_of_what_is_sent() throws IOException {
    proxy.cutAfterBytesToServer(3);
    try (var socket = open()) {
      assertThat(say(socket, 1)).isEqualTo(1);
      assertThat(say(socket, 2)).isEqualTo(2);
      assertThat(say(socket, 3)).isEqualTo(-1);
    }
    // The client may see its connection end a moment before the kernel has taken the port away.
    Eventually.within(Duration.ofSeconds(5), "new connections are refused", this::isRefused);
  }

  private boolean isRefused() {
    try (var _ = open()) {
      return false;
    } catch (ConnectException _) {
      return true;
    } catch (IOException e) {
      throw new UncheckedIOException("connecting", e);
    }
  }
}
