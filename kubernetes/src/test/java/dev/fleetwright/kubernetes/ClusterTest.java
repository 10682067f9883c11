package dev.fleetwright.kubernetes;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.fleetwright.core.artifact.Blobs;
import dev.fleetwright.core.target.Component;
import dev.fleetwright.core.target.Settings;
import dev.fleetwright.core.target.Target;
import dev.fleetwright.core.target.TargetBinding;
import dev.fleetwright.kubernetes.KubernetesTarget.Clusters;
import dev.fleetwright.kubernetes.client.ApiServer;
import dev.fleetwright.testkit.TargetContract;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/// The contract on a real cluster, whichever `KUBECONFIG` names. Its nodes must be this machine, so
/// that what pods do can be compared with what the target claims; the image is the lab's.
@EnabledIfEnvironmentVariable(
    named = "LAB_KUBE_IMAGE",
    matches = ".+",
    disabledReason = "skipped: LAB_KUBE_IMAGE names no image, so there is no cluster to try")
@Timeout(240)
class ClusterTest extends TargetContract {

  private static final AtomicInteger NAMESPACES = new AtomicInteger();
  private static final List<Clusters> CLUSTERS = new ArrayList<>();

  private final Map<Target, TargetBinding> bindings = new HashMap<>();
  private Path seen = Path.of("");
  private Thread translator = Thread.ofVirtual().unstarted(() -> {});

  @AfterAll
  static void close() throws IOException, InterruptedException {
    CLUSTERS.forEach(Clusters::close);
    try (var server = server()) {
      for (var i = 1; i <= NAMESPACES.get(); i++) {
        server.delete("/api/v1/namespaces/" + namespace(i), "");
      }
    }
  }

  private static String namespace(int number) {
    return "contract-" + ProcessHandle.current().pid() + "-" + number;
  }

  static String environment(String name) {
    return Objects.requireNonNull(System.getenv(name), name);
  }

  /// The lab's nodes have a `/tmp` of their own and count processes by themselves, and see the
  /// folder that its kubeconfig lies in.
  @BeforeEach
  void keepTheDiaryWhereNodesSeeIt() throws IOException {
    seen = Files.createTempDirectory(Path.of(environment("KUBECONFIG")).getParent(), "diary-");
    Files.delete(diary().folder());
    Files.createSymbolicLink(diary().folder(), seen);
    var folder = seen;
    translator =
        Thread.ofVirtual()
            .start(() -> {
              for (var known = 0; !Thread.currentThread().isInterrupted(); ) {
                known = translated(folder, known);
                LockSupport.parkNanos(20_000_000);
              }
            });
  }

  @AfterEach
  void putTheDiaryAway() throws IOException, InterruptedException {
    translator.interrupt();
    translator.join();
    try (var files = Files.list(seen)) {
      for (var file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(seen);
  }

  /// Write what pods have noted into the diary, with the numbers that their processes have here.
  private static int translated(Path folder, int known) {
    try {
      var notes = folder.resolve("notes");
      var lines = Files.exists(notes) ? Files.readAllLines(notes) : List.<String>of();
      for (var line : lines.subList(known, lines.size())) {
        var words = line.split(" ", -1);
        Files.writeString(
            folder.resolve("starts"),
            "%s %s %d %s%n".formatted(words[0], words[1], here(words[2], words[3]), words[4]),
            StandardOpenOption.CREATE,
            StandardOpenOption.APPEND);
      }
      return lines.size();
    } catch (IOException e) {
      throw new UncheckedIOException("translating the diary", e);
    }
  }

  /// The process that has this number in a namespace of its own and began at this tick.
  private static long here(String inside, String ticks) {
    return ProcessHandle.allProcesses()
        .map(ProcessHandle::pid)
        .filter(pid -> {
          try {
            var numbers = Files.readString(Path.of("/proc/" + pid + "/status"));
            var stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            return numbers.lines().anyMatch(l -> l.matches("NSpid:.*\\s" + inside))
                && stat.substring(stat.lastIndexOf(')')).split(" ", -1)[20].equals(ticks);
          } catch (IOException _) {
            // It has ended meanwhile.
            return false;
          }
        })
        .findFirst()
        .orElse(Long.MAX_VALUE);
  }

  @Override
  protected Target freshTarget() {
    var settings = new TreeMap<String, String>();
    settings.put("kubeconfig", "file:" + environment("KUBECONFIG"));
    settings.put("namespace", namespace(NAMESPACES.incrementAndGet()));
    settings.put("create_namespace", "true");
    return opened(new TargetBinding("here", "kubernetes", Settings.of(settings)));
  }

  private Target opened(TargetBinding binding) {
    var clusters = new Clusters();
    CLUSTERS.add(clusters);
    var target = new KubernetesTarget(binding, blobs(), clusters);
    bindings.put(target, binding);
    return target;
  }

  @Override
  protected Target reopened(Target target) {
    return opened(Objects.requireNonNull(bindings.get(target)));
  }

  @Override
  protected Duration patience() {
    return Duration.ofSeconds(60);
  }

  @Override
  protected Component component(String name, String version) throws IOException {
    return component(blobs(), name, deployment(name, version, "true"), Map.of());
  }

  @Override
  protected Component neverHealthy(String name, String version) throws IOException {
    return component(
        blobs(), name, deployment(name, version, "false"), Map.of("healthy_within", "3 s"));
  }

  private static Component component(
      Blobs blobs, String name, String manifest, Map<String, String> settings) throws IOException {
    return Manifests.component(name, List.of(object(manifest)), settings, blobs);
  }

  static ObjectNode object(String yaml) {
    try {
      return (ObjectNode) new com.fasterxml.jackson.dataformat.yaml.YAMLMapper().readTree(yaml);
    } catch (IOException e) {
      throw new UncheckedIOException("reading a manifest of a test", e);
    }
  }

  static ApiServer server() throws IOException {
    return new ApiServer(
        KubernetesSettings.access(
            new TargetBinding(
                "here",
                "kubernetes",
                Settings.of(Map.of("kubeconfig", "file:" + environment("KUBECONFIG")))),
            Path.of("/")));
  }

  /// Notes its start as the test kit's speaker does; by `hostPID` its number is this machine's.
  private String deployment(String name, String version, String probe) {
    return """
    apiVersion: apps/v1
    kind: Deployment
    metadata: { name: %1$s }
    spec:
      replicas: 1
      selector: { matchLabels: { app: %1$s } }
      template:
        metadata: { labels: { app: %1$s } }
        spec:
          hostPID: true
          terminationGracePeriodSeconds: 2
          volumes: [{ name: diary, hostPath: { path: %4$s } }]
          containers:
            - name: speaker
              image: %5$s
              readinessProbe: { exec: { command: ["%3$s"] }, periodSeconds: 1 }
              volumeMounts: [{ name: diary, mountPath: /diary }]
              command:
                - sh
                - -c
                - |
                  [ -e /diary/stay-down-%1$s ] && { echo stays down; exit 3; }
                  pid=$(exec sh -c 'echo $PPID')
                  set -- $(cat /proc/$pid/stat)
                  ticks=${22}
                  boot=$(sed -n 's/^btime //p' /proc/stat)
                  echo "%1$s %2$s $pid $ticks $((boot * 1000 + ticks * 10))" >> /diary/notes
                  echo "%1$s %2$s speaks"
                  trap 'exit 0' TERM
                  while true; do sleep 1; done
    """
        .formatted(name, version, probe, seen, environment("LAB_KUBE_IMAGE"));
  }
}
