package dev.fleetwright.server.ui;

import java.util.List;

/// The last trains.
record TrainsPage(List<Row> trains) {

  TrainsPage {
    trains = List.copyOf(trains);
  }

  record Row(Link train, String members, Badge state, String by, Moment at, String reason) {}
}
