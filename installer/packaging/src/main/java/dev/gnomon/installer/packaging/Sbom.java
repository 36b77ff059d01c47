/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.packaging;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The bill of materials of one platform, in CycloneDX's JSON: what its Maven plugin found, limited to the jars that this platform gets,
 * and the parts that Maven does not know.
 */
final class Sbom {
    private static final ObjectMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
    private static final String COMPONENTS = "components";
    private static final String REFERENCE = "bom-ref";

    private final ObjectNode bom;

    /**
     * Reads what the plugin wrote.
     *
     * @param jars those that are shipped; components of others are left out
     * @param time the time of the commit
     */
    Sbom(Path written, PackageVersion version, List<Path> jars, Instant time) throws IOException {
        bom = (ObjectNode) JSON.readTree(Files.readString(written));
        Set<String> names =
                jars.stream().map(jar -> jar.getFileName().toString()).collect(Collectors.toSet());
        ArrayNode kept = JSON.createArrayNode();
        for (JsonNode component : bom.withArray(COMPONENTS)) {
            if (names.contains(jarName(component))) {
                kept.add(component);
            }
        }
        bom.set(COMPONENTS, kept);
        // The graph of the plugin starts at the packager, which nobody gets.
        bom.remove("dependencies");
        ObjectNode metadata = bom.putObject("metadata");
        metadata.put("timestamp", time.toString());
        ObjectNode product = metadata.putObject("component");
        product.put("type", "application");
        product.put(REFERENCE, "gnomon@" + version.text());
        product.put("name", "gnomon");
        product.put("version", version.text());
        license(product, "Apache-2.0");
    }

    /** Adds a part by what it is called and where it comes from (a package URL), with the identifier of its licence. */
    void add(String type, String name, String version, String licence, String purl) {
        ObjectNode component = bom.withArray(COMPONENTS).addObject();
        component.put("type", type);
        component.put(REFERENCE, purl);
        component.put("name", name);
        component.put("version", version);
        license(component, licence);
        component.put("purl", purl);
    }

    /** Adds an installed file of the program folder with its hash. */
    void addFile(Tree tree, String name) throws IOException {
        ObjectNode component = bom.withArray(COMPONENTS).addObject();
        component.put("type", "file");
        component.put(REFERENCE, "file:" + name);
        component.put("name", name);
        ObjectNode hash = component.putArray("hashes").addObject();
        hash.put("alg", "SHA-256");
        hash.put("content", Manifest.sha256(tree.root().resolve(name)));
    }

    String text() {
        return JSON.writeValueAsString(bom) + "\n";
    }

    /** The file name that Maven gives the jar of a component. */
    private static String jarName(JsonNode component) {
        return component.path("name").asString() + "-"
                + component.path("version").asString() + ".jar";
    }

    private static void license(ObjectNode component, String expression) {
        component.putArray("licenses").addObject().put("expression", expression);
    }
}
