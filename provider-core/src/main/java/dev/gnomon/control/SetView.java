/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.control;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A snapshot set as clients see it.
 *
 * @param name empty if it has none
 * @param members the copies that still exist, sorted by volume name
 */
public record SetView(UUID id, String name, Instant createdAt, Map<String, String> attributes, List<Member> members) {
    /** Copies the collections. */
    public SetView {
        attributes = Map.copyOf(attributes);
        members = List.copyOf(members);
    }

    /**
     * A shadow copy of a set, in short: 64 copies with all their attributes would not fit a frame.
     *
     * @param id of the copy
     * @param volume that it is a copy of
     * @param exportName under which it is served
     * @param sizeBytes size of the volume at the cut
     * @param held it may not be deleted, nor the set with it
     */
    public record Member(UUID id, String volume, String exportName, long sizeBytes, boolean held) {}

    /** Returns this set as JSON. */
    public ObjectNode toJson() {
        ObjectNode json =
                Json.object().put("id", id.toString()).put("name", name).put("createdAt", createdAt.toString());
        new TreeMap<>(attributes).forEach(json.putObject("attributes")::put);
        ArrayNode copies = json.putArray("copies");
        for (Member member : members) {
            copies.addObject()
                    .put("id", member.id().toString())
                    .put("volume", member.volume())
                    .put("exportName", member.exportName())
                    .put("sizeBytes", member.sizeBytes())
                    .put("held", member.held());
        }
        return json;
    }

    static SetView from(Fields in) throws ControlException {
        List<Member> members = new ArrayList<>();
        for (Fields copy : in.objects("copies")) {
            members.add(new Member(
                    copy.id("id"),
                    copy.text("volume"),
                    copy.text("exportName"),
                    copy.count("sizeBytes"),
                    copy.optionalFlag("held")));
        }
        return new SetView(
                in.id("id"), in.text("name"), in.instant("createdAt"), in.optionalMap("attributes"), members);
    }
}
