package dev.fleetwright.kubernetes.render;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.core.artifact.TreeEntry;
import dev.fleetwright.kubernetes.render.Rendering.Refused;
import dev.fleetwright.kubernetes.render.Rendering.Rendered;
import dev.fleetwright.testkit.DirectoryBlobs;
import dev.fleetwright.testkit.Needs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Kustomizations and charts of real projects.
class RenderCorpusTest {
  @TempDir Path folder;

  /// What is not rendered, with a part of the reason.
  private static final Map<String, String> REFUSED =
      Map.of(
          // Its sibling is not a part of the corpus.
          "argoproj__argo-cd-e2e/hook-custom-health",
          "no such file or directory",
          "argoproj__argo-cd-e2e/https-kustomize-base/local",
          "is somewhere else",
          "argoproj__argo-cd-e2e/https-kustomize-base/remote",
          "is somewhere else",
          "argoproj__argo-cd-e2e/kustomize-api-versions",
          "fetches charts",
          "argoproj__argo-cd-e2e/helm-oci-authed-with-dependencies",
          "missing in charts/ directory",
          "argoproj__argo-cd-e2e/helm-oci-with-dependencies",
          "missing in charts/ directory",
          "argoproj__argo-cd-e2e/helm-with-dependencies",
          "missing in charts/ directory",
          "fluxcd__flux2-kustomize-helm-example/clusters/production/flux-system",
          "no objects",
          "fluxcd__flux2-kustomize-helm-example/clusters/staging/flux-system",
          "no objects");

  /// Scripts that the corpus leaves out, in the folders of podinfo that have some.
  private static final List<String> STAND_INS =
      List.of("backup.sh", "rollup.sh", "warm-cache.sh", "warm-cache-init.sh");

  @Test
  void kustomizations() throws Exception {
    Needs.tool("kubectl");
    var refused = new TreeMap<String, String>();
    var rendered = 0;
    for (var project : projects()) {
      var tree = tree(project);
      for (var file : files(project)) {
        if (Source.KUSTOMIZATIONS.contains(String.valueOf(file.getFileName()))) {
          var relative = project.relativize(file.getParent()).toString();
          var rendering = new Renderer().render(tree, blobs(), new Source.Kustomize(relative));
          switch (rendering) {
            case Rendered(var yaml) -> {
              if (yaml.isBlank()) {
                refused.put(project.getFileName() + "/" + relative, "no objects");
              } else {
                rendered++;
              }
            }
            case Refused(var why) -> refused.put(project.getFileName() + "/" + relative, why);
          }
        }
      }
    }
    report("kustomizations", rendered, refused);
  }

  @Test
  void charts() throws Exception {
    Needs.toolFromElsewhere("helm");
    var refused = new TreeMap<String, String>();
    var rendered = 0;
    for (var project : projects()) {
      var tree = tree(project);
      for (var file : files(project)) {
        if (file.endsWith("Chart.yaml")) {
          var relative = project.relativize(file.getParent()).toString();
          var source = new Source.Helm(relative, List.of(), Map.of(), "shop", "default");
          switch (new Renderer().render(tree, blobs(), source)) {
            case Rendered _ -> rendered++;
            case Refused(var why) -> refused.put(project.getFileName() + "/" + relative, why);
          }
        }
      }
    }
    report("charts", rendered, refused);
  }

  private static void report(String what, int rendered, Map<String, String> refused) {
    System.out.printf(
        "recipe rendering: %d %s rendered, %d refused%n", rendered, what, refused.size());
    refused.forEach(
        (name, why) -> System.out.printf("  %s: %s%n", name, why.lines().findFirst().orElse("")));
    refused.forEach(
        (name, why) -> assertThat(why).contains(REFUSED.getOrDefault(name, "a listed reason")));
  }

  private static List<Path> projects() throws IOException {
    try (var list = Files.list(Needs.corpus("k8s-apps"))) {
      return list.filter(Files::isDirectory).sorted().toList();
    }
  }

  private static List<Path> files(Path project) throws IOException {
    try (var walk = Files.walk(project)) {
      return walk.filter(Files::isRegularFile).sorted().toList();
    }
  }

  private DirectoryBlobs blobs() throws IOException {
    return new DirectoryBlobs(Files.createDirectories(folder.resolve("blobs")));
  }

  private List<TreeEntry> tree(Path project) throws IOException {
    var entries = new ArrayList<TreeEntry>();
    for (var file : files(project)) {
      var bytes = Files.readAllBytes(file);
      entries.add(
          new TreeEntry.File(
              project.relativize(file).toString(), blobs().put(bytes), bytes.length, false));
    }
    for (var base : List.of("database", "frontend", "backend", "cache")) {
      var scripts = "deploy/overlays/bases/" + base + "/";
      if (Files.isDirectory(project.resolve(scripts))) {
        for (var script : STAND_INS) {
          var bytes = "#!/bin/sh".getBytes(StandardCharsets.UTF_8);
          entries.add(
              new TreeEntry.File(
                  scripts + "scripts/" + script, blobs().put(bytes), bytes.length, true));
        }
      }
    }
    return entries;
  }
}
