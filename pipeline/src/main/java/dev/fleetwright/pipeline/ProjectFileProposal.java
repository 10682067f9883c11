package dev.fleetwright.pipeline;

import com.google.re2j.Pattern;
import dev.fleetwright.core.environment.EnvironmentName;
import dev.fleetwright.core.environment.Tier;
import dev.fleetwright.core.pipeline.Glob;
import dev.fleetwright.core.project.ProjectName;
import dev.fleetwright.pipeline.gitlab.PipelineFile;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// A first `fleetwright.yml` for a repository that has none, with comments that say where each line
/// comes from. It reads without errors; what could only be guessed is a comment.
public final class ProjectFileProposal {
  private static final Pattern VARIABLE =
      Pattern.compile("\\$(?:\\{[^}]*}|[A-Za-z_][A-Za-z0-9_]*)");

  private final LintReport found;
  private final StringBuilder text = new StringBuilder();

  private ProjectFileProposal(LintReport found) {
    this.found = found;
  }

  /// @param name of the repository, such as its folder's
  public static String of(String name, LintReport found) {
    return new ProjectFileProposal(found).write(name);
  }

  private String write(String name) {
    line("# What .gitlab-ci.yml cannot say: what runs, where, and who must agree.");
    line("# Proposed from what is in this repository; read it, correct it, commit it.");
    line("# Every key there is, explained: fleetwright init --reference");
    line("");
    line("project: " + projectName(name));
    line("");
    targets();
    var components = components();
    release(components);
    environments();
    line("# How many releases stay on a host, to go back to.");
    line("keep: 5");
    return text.toString();
  }

  private static String projectName(String name) {
    var plain =
        name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9._-]", "-").replaceAll("\\.\\.+", ".");
    var trimmed = plain.replaceAll("^[^a-z0-9]+", "");
    var cut = trimmed.substring(0, Math.min(63, trimmed.length())).replaceAll("[^a-z0-9]+$", "");
    // A name such as 1.5 would be read as a number.
    return ProjectName.valid(cut) ? "\"" + cut + "\"" : "project";
  }

  private void targets() {
    line("# Where things can run.");
    line("targets:");
    line("  here: { local: {} } # the machine that Fleetwright runs on");
    line("  # edge:");
    line("  #   ssh:");
    line("  #     hosts: [edge-1.example, edge-2.example]");
    line("  #     user: deploy");
    line("  #     key: file:~/.ssh/id_ed25519");
    line("  #     known_hosts: file:~/.ssh/known_hosts");
    line("");
  }

  /// Component names with the folder of each.
  private Map<String, String> components() {
    var components = new LinkedHashMap<String, String>();
    for (var job : found.pipeline().map(PipelineFile::jobs).orElse(List.of())) {
      if (job.environment().isPresent()) {
        continue;
      }
      for (var path : job.artifacts()) {
        folder(path)
            .ifPresent(folder -> {
              if (!components.containsValue(folder)) {
                components.put(unused(componentName(folder), components.keySet()), folder);
              }
            });
      }
    }
    return components;
  }

  /// The folder that an artifact path names; empty if it cannot be told from the path.
  private static Optional<String> folder(String path) {
    var plain = path.startsWith("./") ? path.substring(2) : path;
    var star = plain.indexOf('*');
    var stem = star < 0 ? plain : plain.substring(0, plain.lastIndexOf('/', star) + 1);
    if (stem.indexOf('$') >= 0
        || stem.isBlank()
        || stem.startsWith("/")
        || stem.indexOf('\\') >= 0
        || stem.indexOf('\n') >= 0
        || Glob.isPattern(stem)
        || List.of(stem.split("/", -1)).contains("..")) {
      return Optional.empty();
    }
    var name = stem.substring(stem.lastIndexOf('/') + 1);
    // `target/app.jar` is a file in the folder `target`.
    var folder = name.contains(".") ? stem.substring(0, stem.length() - name.length()) : stem;
    return folder.isEmpty() || folder.equals("/")
        ? Optional.empty()
        : Optional.of(folder.endsWith("/") ? folder : folder + "/");
  }

  private static String componentName(String folder) {
    var bare = folder.substring(0, folder.length() - 1);
    var last = bare.substring(bare.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
    var plain = last.replaceAll("[^a-z0-9_-]", "-").replaceAll("^[^a-z]+", "");
    return plain.isEmpty() ? "files" : plain.substring(0, Math.min(40, plain.length()));
  }

  private static String unused(String name, Set<String> used) {
    var next = name;
    for (var i = 2; used.contains(next); i++) {
      next = name + "-" + i;
    }
    return next;
  }

  private void release(Map<String, String> components) {
    line("# What a release consists of: folders that jobs keep as artifacts, and how each is run.");
    if (components.isEmpty()) {
      line("# No job keeps a folder that could be told from its path, so this is an example:");
      line("# release:");
      line("#   web:");
      line("#     files: build/web/");
      line("#     run: { command: [java, -cp, ., Web], port: 8080 }");
      line("");
    } else {
      line("release:");
      components.forEach((name, folder) -> {
        line("  " + name + ":");
        line("    files: " + quoted(folder));
        line("    # Without `run` the files are only laid out.");
        line("    # run:");
        line("    #   command: [./" + name + "]");
        line("    #   port: 8080");
        line("    #   health: { http: /healthz, within: 20 s }");
      });
      line("");
    }
    for (var dockerfile : found.dockerfiles()) {
      line(
          "# "
              + oneLine(dockerfile.path())
              + " makes an image; a component can be one, once a target");
      line("# for images is there: { image: registry.example/… }");
      line("");
    }
  }

  private void environments() {
    var patterns = new LinkedHashSet<String>();
    for (var job : found.pipeline().map(PipelineFile::jobs).orElse(List.of())) {
      job.environment()
          .map(name -> VARIABLE.matcher(name).replaceAll("*").replaceAll("\\*+", "*"))
          .filter(pattern ->
              !pattern.equals("*")
                  && !pattern.contains("$")
                  && EnvironmentName.valid(pattern.replace('*', 'x')))
          .ifPresent(patterns::add);
    }
    if (patterns.isEmpty()) {
      line("# Where releases go. No job names an `environment`, so this is a usual pair.");
      patterns.add("staging");
      patterns.add("production");
    } else {
      line("# Where releases go: the environments that jobs name.");
    }
    var staging =
        patterns.stream()
            .filter(name -> name.indexOf('*') < 0 && Tier.guess(name) == Tier.STAGING)
            .findFirst();
    line("environments:");
    for (var pattern : patterns) {
      var rules = new ArrayList<String>();
      rules.add("target: here");
      if (pattern.indexOf('*') < 0 && Tier.guess(pattern) == Tier.PRODUCTION) {
        staging.ifPresent(name -> rules.add("after: " + quoted(name)));
        // Who sets a server up is alone at first; `approvals: 1` asks for the word of another.
        rules.add("approvals: { required: 1, deployer: counts }");
      }
      line("  " + quoted(pattern) + ": { " + String.join(", ", rules) + " }");
    }
    line("");
  }

  private void line(String line) {
    text.append(line).append('\n');
  }

  private static String oneLine(String text) {
    return text.replaceAll("\\p{Cntrl}", "?");
  }

  /// Quotes unless it is a plain word, so that no name can be read as anything else.
  private static String quoted(String word) {
    return word.matches("[a-z][a-z0-9/_-]*")
            && !Set.of("yes", "no", "on", "off", "true", "false", "null").contains(word)
        ? word
        : "\"" + oneLine(word).replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }
}
