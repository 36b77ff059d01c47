/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The transactions that clients of a database had acknowledged, and the judgement of what a copy of the database holds of
 * them. A client commits its transactions, numbered from 1, one after the other. All times are of {@link System#nanoTime}.
 * Used by one thread at a time.
 */
final class Commits {
    private final Map<Client, Times> clients = new TreeMap<>();

    /**
     * One connection of one run.
     *
     * @param number of the client within the run
     */
    private record Client(int run, int number) implements Comparable<Client> {
        @Override
        public int compareTo(Client other) {
            return run != other.run ? Integer.compare(run, other.run) : Integer.compare(number, other.number);
        }
    }

    /**
     * When the transactions of a client were acknowledged, in order.
     *
     * @param started when its run was about to be started
     * @param slackNanos how much these times may be wrong
     */
    private record Times(long started, List<Long> acknowledged, long slackNanos) {
        /** Returns how many were surely acknowledged before a moment. */
        int acknowledgedBefore(long moment) {
            return (int) acknowledged.stream()
                    .filter(time -> time + slackNanos < moment)
                    .count();
        }

        /** Returns how many may have been begun by a moment: the next one follows at once, and its end may be unknown. */
        int begunBy(long moment) {
            if (started > moment) {
                return 0;
            }
            return 1
                    + (int) acknowledged.stream()
                            .filter(time -> time - slackNanos <= moment)
                            .count();
        }
    }

    /** Adds what one client of a run had acknowledged, in order. */
    void add(int run, int client, long started, List<Long> acknowledged, long slackNanos) {
        assertThat(acknowledged).as("acknowledgements of a client").isSorted();
        clients.put(new Client(run, client), new Times(started, List.copyOf(acknowledged), slackNanos));
    }

    /** Returns how many were acknowledged. */
    long count() {
        return clients.values().stream()
                .mapToLong(times -> times.acknowledged().size())
                .sum();
    }

    /** Returns how many were acknowledged between two moments. */
    long countBetween(long from, long to) {
        return clients.values().stream()
                .flatMap(times -> times.acknowledged().stream())
                .filter(time -> time > from && time < to)
                .count();
    }

    /** Returns how much any of the times may be wrong. */
    long slackNanosMax() {
        return clients.values().stream().mapToLong(Times::slackNanos).max().orElse(0);
    }

    /**
     * Fails the test unless what a copy holds is right: of each client its first transactions without a gap, among them all
     * that were acknowledged before the copy was asked for, and none that was begun after the reply.
     *
     * @param rows a line {@code run|client|n} for each transaction that is there
     */
    void verify(String what, String rows, long asked, long replied) {
        Map<Client, Set<Integer>> there = new TreeMap<>();
        for (String row : rows.isEmpty() ? new String[0] : rows.split("\n", -1)) {
            String[] words = row.split("\\|", -1);
            Client client = new Client(Integer.parseInt(words[0]), Integer.parseInt(words[1]));
            there.computeIfAbsent(client, any -> new HashSet<>()).add(Integer.parseInt(words[2]));
        }
        List<String> wrong = new ArrayList<>();
        clients.forEach((client, times) -> {
            Set<Integer> numbers = there.getOrDefault(client, Set.of());
            int least = times.acknowledgedBefore(asked);
            int most = times.begunBy(replied);
            for (int n = 1; n <= numbers.size(); n++) {
                if (!numbers.contains(n)) {
                    wrong.add(client + ": transaction " + n + " is missing, but a later one is there");
                }
            }
            if (numbers.size() < least || numbers.size() > most) {
                wrong.add(client + ": " + numbers.size() + " transactions are there, expected at least " + least
                        + " (acknowledged before the request) and at most " + most + " (begun before the reply)");
            }
        });
        assertThat(clients.keySet()).as(what + ": clients").containsAll(there.keySet());
        assertThat(wrong).as(what).isEmpty();
    }
}
