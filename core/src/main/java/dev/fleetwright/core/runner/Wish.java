package dev.fleetwright.core.runner;

import dev.fleetwright.core.project.ProjectName;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/// What a job asks of the runner that takes it.
///
/// @param tags all of which the runner must have; a job without any needs a runner that takes such
/// @param protectedRef whether the job is of a protected branch
public record Wish(ProjectName project, SortedSet<String> tags, boolean protectedRef) {

  public Wish {
    tags = Collections.unmodifiableSortedSet(new TreeSet<>(tags));
  }

  /// The tags for people: `linux`, `gpu`.
  String spokenTags() {
    return String.join(", ", tags.stream().map(tag -> "`" + tag + "`").toList());
  }
}
