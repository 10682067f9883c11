package dev.fleetwright.kubernetes.render;

import dev.fleetwright.core.artifact.Blobs;
import dev.fleetwright.core.artifact.TreeEntry;
import dev.fleetwright.kubernetes.render.Confined.Ended;
import dev.fleetwright.kubernetes.render.Rendering.Refused;
import dev.fleetwright.kubernetes.render.Rendering.Rendered;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Renders a kustomization or a chart out of a release's own files.
///
/// **The bytes are the revision**: what is rendered here is planned, approved, applied, and applied
/// again when somebody goes back to it. So a chart whose templates draw random numbers is refused
/// if two renderings differ.
///
/// It calls the programs that the user has (`kubectl` or `kustomize`, and `helm`), since what they
/// render is what people expect; [Confined] shuts them in. Threads may share it.
public final class Renderer {

  private static final int LONGEST_COMPLAINT = 2_000;

  private final Limits limits;
  private final Function<String, Optional<Path>> programs;

  public Renderer() {
    this(Limits.USUAL, Confined::find);
  }

  Renderer(Limits limits, Function<String, Optional<Path>> programs) {
    this.limits = limits;
    this.programs = programs;
  }

  /// @param tree the files, as a release's component has them
  /// @throws IOException when the disk or the blobs fail; what is wrong with the files is in the
  ///   answer
  public Rendering render(List<TreeEntry> tree, Blobs blobs, Source source)
      throws IOException, InterruptedException {
    var size =
        tree.stream().mapToLong(it -> it instanceof TreeEntry.File file ? file.size() : 0).sum();
    if (tree.size() > limits.files() || size > limits.bytes()) {
      return new Refused(
          "there are %d files of %d MB to render from; no more than %d files of %d MB are taken: name a smaller folder"
              .formatted(tree.size(), size >> 20, limits.files(), limits.bytes() >> 20));
    }
    try (var workspace = Workspace.of(tree, blobs)) {
      return switch (source) {
        case Source.Kustomize kustomize -> kustomize(workspace, kustomize);
        case Source.Helm helm -> helm(workspace, helm);
      };
    }
  }

  private Rendering kustomize(Workspace workspace, Source.Kustomize source)
      throws IOException, InterruptedException {
    var folder = folder(workspace, source.folder());
    if (folder.isEmpty()) {
      return new Refused("there is no folder `%s` to kustomize".formatted(source.folder()));
    }
    var problems = KustomizationCheck.of(workspace.tree(), folder.get());
    if (!problems.isEmpty()) {
      return new Refused(String.join("\n", problems));
    }
    var kubectl = programs.apply("kubectl");
    var kustomize = programs.apply("kustomize");
    if (kubectl.isEmpty() && kustomize.isEmpty()) {
      return new Refused(
          "kustomizations are rendered by `kustomize` or `kubectl`, and neither is on the server's PATH; install one of them there");
    }
    var command =
        kustomize
            .map(it -> List.of(it.toString(), "build", "."))
            .orElseGet(() -> List.of(kubectl.orElseThrow().toString(), "kustomize", "."));
    return run("kustomize", command, folder.get(), workspace);
  }

  private Rendering helm(Workspace workspace, Source.Helm source)
      throws IOException, InterruptedException {
    var chart = folder(workspace, source.folder());
    if (chart.isEmpty()) {
      return new Refused("there is no folder `%s` with a chart".formatted(source.folder()));
    }
    var problems = new ArrayList<>(ChartCheck.problems(chart.get()));
    for (var values : source.values()) {
      if (file(workspace, values).isEmpty()) {
        problems.add("there is no file `%s` with values".formatted(values));
      }
    }
    if (!problems.isEmpty()) {
      return new Refused(String.join("\n", problems));
    }
    var helm = programs.apply("helm");
    if (helm.isEmpty()) {
      return new Refused(
          "charts are rendered by `helm`, which is not on the server's PATH; install it there");
    }
    var command = command(helm.get(), source, chart.get(), workspace);
    var first = run("helm", command, chart.get(), workspace);
    var varying = ChartCheck.varying(chart.get());
    if (!(first instanceof Rendered(var once)) || varying.isEmpty()) {
      return first;
    }
    return run("helm", command, chart.get(), workspace) instanceof Rendered(var twice)
            && !twice.equals(once)
        ? new Refused(varies(once, twice, varying))
        : first;
  }

  private static List<String> command(
      Path helm, Source.Helm source, Path chart, Workspace workspace) {
    var command =
        new ArrayList<>(
            List.of(
                helm.toString(),
                "template",
                source.release(),
                chart.toString(),
                "--namespace",
                source.namespace(),
                "--include-crds",
                "--skip-tests"));
    for (var values : source.values()) {
      command.add("--values");
      command.add(workspace.tree().resolve(values).toString());
    }
    source
        .sortedSet()
        .forEach((key, value) -> {
          command.add("--set");
          command.add(key + "=" + escaped(value));
        });
    return command;
  }

  /// A value is one value: without this a comma in it would begin the next setting, and a brace a
  /// list.
  static String escaped(String value) {
    var text = value.replace("\\", "\\\\").replace(",", "\\,");
    return text.startsWith("{") ? "\\" + text : text;
  }

  /// A folder of the tree, which must not leave it.
  private static Optional<Path> folder(Workspace workspace, String name) {
    return inside(workspace, name).filter(Files::isDirectory);
  }

  private static Optional<Path> file(Workspace workspace, String name) {
    return inside(workspace, name).filter(Files::isRegularFile);
  }

  private static Optional<Path> inside(Workspace workspace, String name) {
    if (name.indexOf('\0') >= 0) {
      return Optional.empty();
    }
    var path = workspace.tree().resolve(name).normalize();
    return path.startsWith(workspace.tree()) ? Optional.of(path) : Optional.empty();
  }

  private Rendering run(String what, List<String> command, Path folder, Workspace workspace)
      throws IOException, InterruptedException {
    return switch (new Confined(limits).run(command, folder, workspace.home())) {
      case Ended.Itself(var exit, var output, _) when exit == 0 -> new Rendered(output);
      case Ended.Itself(_, _, var errors) ->
          new Refused(what + ": " + complaint(errors, workspace));
      case Ended.TooLong _ ->
          new Refused(
              "%s took longer than %d s, and was ended; is there a loop in a template?"
                  .formatted(what, limits.time().toSeconds()));
      case Ended.TooMuch _ ->
          new Refused(
              "%s wrote more than %d MB, and was ended; name a smaller part"
                  .formatted(what, limits.output() >> 20));
    };
  }

  /// What the program says, without the folder that only the server knows.
  private static String complaint(String errors, Workspace workspace) {
    var text =
        errors
            .lines()
            .filter(line -> !line.startsWith("# Warning"))
            .collect(Collectors.joining("\n"))
            .replace(workspace.tree() + "/", "")
            .replace(workspace.tree().toString(), ".")
            .replaceFirst("(?s)^E[0-9]{4} [^\\]]*] \"command failed\" err=\"(.*)\"$", "$1")
            .replaceFirst("^[Ee]rror: ", "")
            .strip();
    if (text.startsWith("fatal error: ") || text.startsWith("runtime: ")) {
      return "it needed more memory than it may have, and ended: "
          + text.lines().findFirst().orElse("");
    }
    if (text.isEmpty()) {
      return "it ended without a word, perhaps because it needed more memory than it may have";
    }
    return text.length() > LONGEST_COMPLAINT ? text.substring(0, LONGEST_COMPLAINT) + "…" : text;
  }

  private static String varies(String once, String twice, List<String> templates) {
    var first = once.lines().toList();
    var second = twice.lines().toList();
    var at = 0;
    while (at < first.size() && at < second.size() && first.get(at).equals(second.get(at))) {
      at++;
    }
    // Which line, and not what is in it: it may be a password.
    var line = at < first.size() ? first.get(at) : "";
    var colon = line.indexOf(':');
    return "the chart renders differently each time, so what was approved could never be what is applied: line %d%s; the templates %s draw random values or look at the clock. Give these values in a values file, or keep them in a Secret of your own"
        .formatted(
            at + 1,
            colon > 0 ? " (" + line.substring(0, colon).strip() + ")" : "",
            String.join(", ", templates));
  }
}
