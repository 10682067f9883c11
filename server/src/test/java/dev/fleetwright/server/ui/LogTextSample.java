package dev.fleetwright.server.ui;

import java.nio.charset.StandardCharsets;
import java.util.List;

/// A log as jobs and targets print it.
final class LogTextSample {

  List<LogView.Line> lines() {
    var text =
        """
        \u001b[36;1mPlanning against here, edge\u001b[0m
        here: web 9b3c77d2 -> fe12aa90, 3 files, 5.6 kB to lay out
        here: web started as pid 5120, waiting for /healthz
        here: web is healthy after 1.2 s, switching
        here: web (old) drained in 0.4 s
        \u001b[32mstep 1 of 4 done in 4.1 s\u001b[0m
        edge: edge-1.example connected, host key \u001b[2mSHA256:9jBv…\u001b[0m pinned
        edge: 1 of 3 files to upload, 1.2 kB
        edge: edge-1.example switched releases/r7 -> releases/r8
        \u001b[32mstep 2 of 4 done in 6.0 s\u001b[0m
        edge: edge-2.example connected
        \u001b[33mwarning: edge-2.example has 4 % free disk\u001b[0m
        <script>alert("not run")</script> \u001b]8;;https://evil.example\u0007click\u001b]8;;\u0007
        \u001b[1;31mERROR\u001b[0m nothing, only how it looks: \u001b[41;97m FAIL \u001b[0m BasketTest.total
        """;
    return LogText.read(text.getBytes(StandardCharsets.UTF_8), 0, LogText.START).lines();
  }
}
