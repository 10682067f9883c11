package dev.fleetwright.server.ui;

import dev.fleetwright.core.project.CommitSha;
import dev.fleetwright.core.project.ProjectName;
import dev.fleetwright.core.project.Projects;
import dev.fleetwright.core.project.Repositories;
import dev.fleetwright.core.release.Release;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// How many commits a release is behind the head of its branch. Between two commits that never
/// changes, so it is counted once.
final class Behind {

  private static final Logger log = LoggerFactory.getLogger(Behind.class);
  private static final int MOST_KEPT = 20_000;
  private static final int NOT_KNOWN = -1;

  private final Projects projects;
  private final Repositories repositories;
  private final Map<Span, Integer> counted =
      new LinkedHashMap<>(256, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Span, Integer> eldest) {
          return size() > MOST_KEPT;
        }
      };

  Behind(Projects projects, Repositories repositories) {
    this.projects = projects;
    this.repositories = repositories;
  }

  private record Span(ProjectName project, CommitSha from, CommitSha to) {}

  /// Such as `2 commits behind`; empty when it is up to date or its branch is gone.
  String words(Release release) {
    var head = projects.seen(release.project()).get("refs/heads/" + release.ref());
    if (head == null || head.equals(release.sha())) {
      return "";
    }
    var count = count(new Span(release.project(), release.sha(), head));
    return switch (count) {
      case NOT_KNOWN, 0 -> "";
      case 1 -> "1 commit behind";
      default -> count + " commits behind";
    };
  }

  private int count(Span span) {
    synchronized (counted) {
      var known = counted.get(span);
      if (known != null) {
        return known;
      }
    }
    int count;
    try {
      count = repositories.ahead(span.project(), span.from(), span.to());
    } catch (IOException e) {
      log.atWarn()
          .addKeyValue("project", span.project())
          .setCause(e)
          .log("commits between two others cannot be counted");
      return NOT_KNOWN;
    }
    synchronized (counted) {
      counted.put(span, count);
    }
    return count;
  }
}
