package dev.fleetwright.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.pipeline.problem.Problem;
import dev.fleetwright.pipeline.project.ComponentRule;
import dev.fleetwright.pipeline.project.ProjectFile;
import dev.fleetwright.pipeline.project.ProjectFileReader;
import dev.fleetwright.pipeline.source.DirectoryTree;
import dev.fleetwright.pipeline.source.MemoryTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LintTest {
  private static final String PIPELINE =
      """
      stages: [build, deploy]
      compile:
        stage: build
        image: eclipse-temurin:25
        script: make
        identity: google_cloud
        artifacts: { paths: [build/web/] }
      ship:
        stage: deploy
        script: echo
        environment: staging
        trigger: group/other
      """;

  @Test
  void gives_account_of_everything_that_it_finds() {
    var report =
        Lint.check(
            new MemoryTree(
                Map.of(
                    ".gitlab-ci.yml",
                    PIPELINE.replace("  trigger: group/other\n", ""),
                    "fleetwright.yml",
                    """
                    targets: { here: { local: {} } }
                    release: { web: { files: build/web/ } }
                    environments: { staging: { target: here } }
                    """,
                    "Dockerfile",
                    "FROM maven:3 AS build\nRUN make\nFROM build\nFROM debian:13\nEXPOSE 80 443\n",
                    "k8s/all.yaml",
                    """
                    apiVersion: apps/v1
                    kind: Deployment
                    metadata: { name: web }
                    ---
                    apiVersion: v1
                    kind: List
                    items: [{ apiVersion: v1, kind: Service, metadata: { name: web } }]
                    """,
                    "chart/Chart.yaml",
                    "name: x\n",
                    "chart/templates/x.yaml",
                    "kind: {{ .Values.kind }}\napiVersion: v1\n",
                    "docs/notes.yml",
                    "a: b\n")));

    assertThat(report.problems())
        .extracting(Problem::toString)
        .containsExactly(
            ".gitlab-ci.yml:6:13: warning: `identity` is understood and not acted on yet; the job"
                + " gets no cloud identity");
    assertThat(report.account())
        .containsExactly(
            ".gitlab-ci.yml: 2 jobs in 2 stages",
            "  build: compile",
            "  deploy: ship (deploys to staging)",
            "  images: eclipse-temurin:25",
            "fleetwright.yml: 1 target, 1 component, 1 environment",
            "  targets: here (local)",
            "  components: web (build/web)",
            "  environments: staging on here",
            "Dockerfile: an image from maven:3, debian:13, listening on 80, 443",
            "chart/Chart.yaml: a Helm chart",
            "k8s/all.yaml: Deployment web, Service web",
            "not yet: `identity` (1 place): the job gets no cloud identity",
            "not yet: Fleetwright does not build images itself; a job may, on a host that can",
            "not yet: Kubernetes objects are applied only where fleetwright.yml has a cluster among its targets and a component with `manifests`");
  }

  @Test
  void says_where_the_two_files_do_not_fit() {
    var report =
        Lint.check(
            new MemoryTree(
                Map.of(
                    ".gitlab-ci.yml",
                    PIPELINE.replace("  trigger: group/other\n", ""),
                    "fleetwright.yml",
                    "release: { web: { files: dist } }\nenvironments: { production: {} }\n")));

    assertThat(report.sound()).isTrue();
    assertThat(report.problems())
        .extracting(Problem::message)
        .contains(
            "fleetwright.yml says nothing of the environment `staging`, so only the script of ship"
                + " deploys to it",
            "no job keeps `dist`, so a release cannot have the component web");
  }

  /// The example of this repository is read by what it is an example for.
  @Test
  void the_shop_is_sound() throws IOException {
    var report = Lint.check(DirectoryTree.of(Path.of("../examples/shop")));

    assertThat(report.problems())
        .allSatisfy(problem ->
            assertThat(problem.toString()).contains("is understood and not acted on yet"));
    assertThat(report.sound()).isTrue();
    assertThat(report.project().components())
        .extracting(ComponentRule::name)
        .containsExactly("web", "api", "worker");
  }

  @Test
  void an_empty_repository_is_no_error() {
    var report = Lint.check(new MemoryTree(Map.of()));

    assertThat(report.sound()).isTrue();
    assertThat(report.problems()).singleElement().asString().contains("there is no .gitlab-ci.yml");
  }

  @Test
  void problems_of_both_files_come_together() {
    var report =
        Lint.check(
            new MemoryTree(
                Map.of(".gitlab-ci.yml", "job: { scirpt: x }", "fleetwright.yml", "keeep: 5")));

    assertThat(report.problems())
        .extracting(Problem::file)
        .containsExactly(".gitlab-ci.yml", "fleetwright.yml");
  }

  @Test
  void links_out_of_the_folder_are_not_followed(@TempDir Path folder) throws IOException {
    var secret =
        Files.writeString(
            Files.createDirectory(folder.resolve("outside")).resolve("s.yml"), "a: b");
    var repository = Files.createDirectory(folder.resolve("repository"));
    Files.createSymbolicLink(repository.resolve("link.yml"), secret);
    Files.createSymbolicLink(repository.resolve("dir"), folder.resolve("outside"));
    Files.writeString(
        repository.resolve(".gitlab-ci.yml"),
        "include: [link.yml, dir/s.yml, ../outside/s.yml, /../outside/s.yml]\njob: {script: x}\n");

    var report = Lint.check(DirectoryTree.of(repository));

    assertThat(report.problems())
        .extracting(Problem::message)
        .containsExactly(
            "the file `link.yml` is reached through a symbolic link",
            "the file `dir/s.yml` is reached through a symbolic link",
            "the included path `../outside/s.yml` leads out of the repository",
            "the included path `../outside/s.yml` leads out of the repository");
  }

  @Test
  void a_proposal_for_any_real_project_reads_without_errors() throws IOException {
    for (var project : Corpus.cases(Corpus.folder("gitlab-ci-real"))) {
      var tree = DirectoryTree.of(project);
      var proposal =
          ProjectFileProposal.of(String.valueOf(project.getFileName()), Lint.check(tree));
      var file = ProjectFileReader.read(new MemoryTree(Map.of(ProjectFile.PATH, proposal)));

      assertThat(file.problems()).as("%s%n%s", project, proposal).isEmpty();
    }
  }

  @Test
  void a_proposal_names_what_was_found() {
    var files = new LinkedHashMap<String, String>();
    files.put(
        ".gitlab-ci.yml",
        """
        build:
          script: make
          artifacts: { paths: [build/web/, target/app.jar, "dist/**/*.js", "$OUT/x", "*.log"] }
        review:
          stage: deploy
          script: x
          environment: { name: review/$CI_COMMIT_REF_SLUG }
        staging: { stage: deploy, script: x, environment: staging }
        production: { stage: deploy, script: x, environment: production }
        """);
    var proposal = ProjectFileProposal.of("My Shop", Lint.check(new MemoryTree(files)));
    var file = ProjectFileReader.read(new MemoryTree(Map.of(ProjectFile.PATH, proposal)));

    assertThat(file.project()).contains("my-shop");
    assertThat(file.components())
        .extracting(component -> component.name() + " " + component.files().orElse(""))
        .containsExactly("web build/web", "target target", "dist dist");
    assertThat(file.environments())
        .extracting(rule -> rule.pattern() + " " + rule.policy().gating().approvals().required())
        .containsExactly("review/* 0", "staging 0", "production 1");
  }
}
