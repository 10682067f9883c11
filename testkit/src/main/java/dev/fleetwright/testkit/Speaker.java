package dev.fleetwright.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;

/// The program that components of [TargetContract] run: a very small web server that notes each of
/// its starts in the [Diary].
///
/// Its class file alone is the component's file tree, so it uses nothing but the JDK and has no
/// nested classes.
///
/// `GET /never` is answered with 503, `GET /slow` after a second, everything else at once with the
/// version.
final class Speaker {

  private static String name = "";
  private static String version = "";

  private Speaker() {}

  public static void main(String[] arguments) throws IOException {
    name = arguments[0];
    version = arguments[1];
    var diary = Path.of(System.getenv().getOrDefault("DIARY", "."));
    if (Files.exists(diary.resolve("stay-down-" + name))) {
      System.err.println(name + " " + version + " stays down");
      System.exit(3);
    }
    var self = ProcessHandle.current();
    var started = self.info().startInstant().orElse(Instant.EPOCH).toEpochMilli();
    Files.writeString(
        diary.resolve("starts"),
        name + " " + version + " " + self.pid() + " " + started + "\n",
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
    System.out.println(name + " " + version + " speaks");
    var port = System.getenv("PORT");
    if (port == null) {
      waitForTheEnd();
    } else {
      listen(Integer.parseInt(port));
    }
  }

  private static void waitForTheEnd() {
    try {
      Thread.currentThread().join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void listen(int port) throws IOException {
    try (var server = new ServerSocket(port, 200, InetAddress.getLoopbackAddress())) {
      while (true) {
        var socket = server.accept();
        new Thread(() -> answer(socket)).start();
      }
    }
  }

  private static void answer(Socket socket) {
    try (socket) {
      var path = path(socket.getInputStream());
      if (path.equals("/slow")) {
        Thread.sleep(1000);
      }
      var status = path.equals("/never") ? "503 Service Unavailable" : "200 OK";
      var body = name + " " + version + "\n";
      var answer =
          "HTTP/1.1 "
              + status
              + "\r\nConnection: close\r\nContent-Length: "
              + body.length()
              + "\r\n\r\n"
              + body;
      socket.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      System.err.println("a caller went away: " + e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Read the request to its end, or the answer could be lost in a connection reset.
  private static String path(InputStream in) throws IOException {
    var request = new StringBuilder();
    while (request.indexOf("\r\n\r\n") < 0) {
      var next = in.read();
      if (next < 0) {
        return "";
      }
      request.append((char) next);
    }
    var words = request.substring(0, request.indexOf("\r\n")).split(" ", 3);
    return words.length == 3 ? words[1] : "";
  }
}
