package dev.fleetwright.core.environment;

import dev.fleetwright.core.project.ProjectName;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/// Environments for those who only look, in parts: a project may have thousands. What is asked here
/// costs as much as what is answered has lines, and is one question to the store each.
public interface EnvironmentLists {

  /// A part of a project's, by name.
  List<Environment> byName(ProjectName project, int most, int skip);

  /// A part of a project's, in the order in which releases pass the tiers, and by name.
  List<Environment> byTier(ProjectName project, int most, int skip);

  /// How many a project has.
  long count(ProjectName project);

  /// Those of them that there are, by id.
  Map<Long, Environment> find(Collection<Long> ids);

  /// Environments that belong together, as an overview shows them: those of a folder such as
  /// `review`, or a single one. Of a folder only those count in which something runs or comes: a
  /// review environment that was taken down is history.
  ///
  /// @param name of the environment, or `review/*`
  /// @param first some of them, by name
  /// @param count how many there are
  record Group(ProjectName project, String name, List<Environment> first, long count) {
    public Group {
      first = List.copyOf(first);
    }
  }

  /// Groups of some projects, those nearest to production first and then by name.
  ///
  /// @param groups how many groups of each project
  /// @param most how many environments of each group
  List<Group> groups(Collection<ProjectName> projects, int groups, int most);

  /// How many environments these projects have, and in how many something is changed now.
  Totals totals(Collection<ProjectName> projects);

  /// Sums over projects.
  ///
  /// @param environments that are shown: of folders only those in which something runs or comes
  /// @param moving in which a deploy has begun and not ended
  record Totals(Map<ProjectName, Long> environments, long moving) {
    public Totals {
      environments = Map.copyOf(environments);
    }

    /// Over all.
    public long all() {
      return environments.values().stream().mapToLong(Long::longValue).sum();
    }
  }

  /// Where releases of a project run by the record, by name.
  ///
  /// @param most how many environments of each release
  /// @return by release; only those that run anywhere
  Map<Long, Places> running(ProjectName project, Collection<Long> releases, int most);

  /// Where a release runs.
  ///
  /// @param first some of the environments, by name
  /// @param count how many there are
  record Places(List<EnvironmentName> first, long count) {
    public Places {
      first = List.copyOf(first);
    }
  }

  /// How many deploys of each environment have not ended; 0 where it is not named.
  Map<Long, Long> unfinished(Collection<Long> environments);
}
