// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

#define CONFORMANCE_GROUP "query and enumerator"

#include <algorithm>

#include "rig.h"
#include "watch.h"

namespace gnomon::conformance {
namespace {

Com<IVssEnumObject> queryAll(const Provider& provider) {
  Com<IVssEnumObject> enumerator;
  expectHr("Query", S_OK, provider.query(GUID_NULL, VSS_OBJECT_NONE, VSS_OBJECT_SNAPSHOT, &enumerator));
  check("Query gives an enumerator", static_cast<bool>(enumerator));
  return enumerator;
}

void expectNext(Listing& listing, ULONG count, HRESULT hr, ULONG fetched) {
  ULONG got = 0;
  expectHr("Next(" + std::to_string(count) + ")", hr, listing.next(count, &got));
  expectEqual("fetched by Next(" + std::to_string(count) + ")", static_cast<unsigned long>(fetched), static_cast<unsigned long>(got));
}

/** Three finished snapshots in the context of a new object. */
void makeThree(Rig& rig, const Provider& provider) {
  for (int i = 0; i < 3; i++) rig.create(provider, {&rig.volume(static_cast<size_t>(i) % 2)});
}

std::vector<const wchar_t*> stringsOf(const Props& props) {
  std::vector<const wchar_t*> all;
  for (const wchar_t* text : {props->m_pwszSnapshotDeviceObject, props->m_pwszOriginalVolumeName, props->m_pwszOriginatingMachine,
                              props->m_pwszServiceMachine, props->m_pwszExposedName, props->m_pwszExposedPath}) {
    if (text != nullptr) all.push_back(text);
  }
  return all;
}

bool listed(const std::vector<Props>& items, const VSS_ID& snapshot) {
  return std::any_of(items.begin(), items.end(), [&](const Props& item) { return item->m_SnapshotId == snapshot; });
}

}  // namespace

ASSERTION(53, "Query takes one combination of arguments") {
  Provider provider = rig.activate();
  for (int queried = 0; queried <= 5; queried++) {
    for (int returned = 0; returned <= 5; returned++) {
      for (bool null : {true, false}) {
        if (queried == VSS_OBJECT_NONE && returned == VSS_OBJECT_SNAPSHOT && null) continue;
        auto* out = reinterpret_cast<IVssEnumObject*>(0x1);
        HRESULT hr = documented("Query", provider.software()->Query(null ? GUID_NULL : newId(), static_cast<VSS_OBJECT_TYPE>(queried),
                                                                    static_cast<VSS_OBJECT_TYPE>(returned), &out));
        std::string what = "Query(" + std::to_string(queried) + ", " + std::to_string(returned) + ")";
        expectHr(what, E_INVALIDARG, hr);
        check("enumerator of " + what + " is NULL", out == nullptr);
      }
    }
  }
  if (rig.options().local) {
    leaveOpen("NULL pointers: proxy");
    return;
  }
  expectHr("Query with a NULL out pointer", E_INVALIDARG,
           documented("Query", provider.software()->Query(GUID_NULL, VSS_OBJECT_NONE, VSS_OBJECT_SNAPSHOT, nullptr)));
}

ASSERTION(54, "no snapshots are an empty enumerator") {
  Listing listing(queryAll(rig.activate()));
  expectNext(listing, 1, S_FALSE, 0);
}

ASSERTION(55, "only finished sets are listed") {
  Provider provider = rig.activate();
  Set set = rig.begin(provider, {&rig.V()});
  for (Step step : ALL_STEPS) {
    rig.advance(provider, set, step);
    std::vector<Props> items = provider.list();
    expectEqual(std::string("snapshots that are listed in ") + nameOf(step), size_t{step >= Step::POSTCOMMITTED ? 1u : 0u}, items.size());
    for (const Props& item : items) {
      expectEqual("status", static_cast<int>(VSS_SS_CREATED), static_cast<int>(item->m_eStatus));
    }
  }
}

ASSERTION(56, "each context sees its own snapshots, and VSS_CTX_ALL all") {
  const LONG contexts[] = {VSS_CTX_BACKUP, VSS_CTX_FILE_SHARE_BACKUP, VSS_CTX_NAS_ROLLBACK, VSS_CTX_APP_ROLLBACK};
  std::vector<VSS_ID> made;
  for (LONG context : contexts) {
    Provider provider = rig.activate();
    made.push_back(rig.create(provider, {&rig.V()}, context).snapshots[0]);
  }
  for (size_t i = 0; i < made.size(); i++) {
    Provider provider = rig.activate();
    expectHr("SetContext", S_OK, provider.setContext(contexts[i]));
    std::vector<Props> items = provider.list();
    expectEqual("snapshots in context " + std::to_string(contexts[i]), size_t{1}, items.size());
    expectEqual("the snapshot in context " + std::to_string(contexts[i]), made[i], items[0]->m_SnapshotId);
  }
  Provider all = rig.activate();
  expectHr("SetContext(VSS_CTX_ALL)", S_OK, all.setContext(static_cast<LONG>(VSS_CTX_ALL)));
  std::vector<Props> items = all.list();
  expectEqual("snapshots in VSS_CTX_ALL", made.size(), items.size());
  for (const VSS_ID& snapshot : made) check("a snapshot of each context in VSS_CTX_ALL", listed(items, snapshot));
}

ASSERTION(57, "Next counts to the end, and Reset begins again") {
  Provider provider = rig.activate();
  makeThree(rig, provider);
  Listing listing(queryAll(provider));
  expectNext(listing, 2, S_OK, 2);
  expectNext(listing, 2, S_FALSE, 1);
  expectNext(listing, 1, S_FALSE, 0);
  expectHr("Reset", S_OK, listing.reset());
  expectNext(listing, 3, S_OK, 3);
  if (rig.options().local) {
    leaveOpen("Next(0): the proxy may pass no array");
  } else {
    expectNext(listing, 0, S_OK, 0);
  }
}

ASSERTION(58, "Skip goes on, but not past the end") {
  Provider provider = rig.activate();
  makeThree(rig, provider);
  Listing whole(queryAll(provider));
  expectNext(whole, 3, S_OK, 3);
  Listing listing(queryAll(provider));
  expectHr("Skip(2)", S_OK, listing.skip(2));
  expectNext(listing, 1, S_OK, 1);
  expectEqual("the item after Skip(2)", whole.items[2].text(), listing.items[0].text());
  Listing beyond(queryAll(provider));
  expectHr("Skip(5)", S_FALSE, beyond.skip(5));
  expectNext(beyond, 1, S_FALSE, 0);
}

ASSERTION(59, "a clone stands where its original stands, and goes its own way") {
  Provider provider = rig.activate();
  makeThree(rig, provider);
  Listing first(queryAll(provider));
  expectNext(first, 1, S_OK, 1);
  Com<IVssEnumObject> copy;
  expectHr("Clone", S_OK, first.clone(&copy));
  Listing second(copy);
  expectNext(second, 2, S_OK, 2);
  expectNext(second, 1, S_FALSE, 0);
  expectNext(first, 2, S_OK, 2);
  expectEqual("the second item of both", first.items[1].text(), second.items[0].text());
  expectHr("Reset of the clone", S_OK, second.reset());
  expectNext(first, 1, S_FALSE, 0);
  if (rig.options().local) {
    leaveOpen("NULL pointers: proxy");
    return;
  }
  VSS_OBJECT_PROP slot = {};
  ULONG fetched = 0;
  expectHr("Clone(NULL)", E_POINTER, first.raw()->Clone(nullptr));
  expectHr("Next(1, NULL, ..)", E_POINTER, first.raw()->Next(1, nullptr, &fetched));
  expectHr("Next(1, .., NULL)", E_POINTER, first.raw()->Next(1, &slot, nullptr));
}

ASSERTION(60, "each string of each item is the caller's own") {
  Provider provider = rig.activate();
  makeThree(rig, provider);
  MemorySpy& spy = MemorySpy::instance();
  std::set<const wchar_t*> seen;
  {
    Listing first(queryAll(provider));
    Listing second(queryAll(provider));
    expectNext(first, 3, S_OK, 3);
    expectNext(second, 3, S_OK, 3);
    for (Listing* listing : {&first, &second}) {
      for (const Props& item : listing->items) {
        for (const wchar_t* text : stringsOf(item)) {
          check("no string is given out twice", seen.insert(text).second);
          if (!rig.options().local) check("each string is task memory of its own", spy.isLive(text));
        }
      }
    }
    // The items are freed string by string here, as VssFreeSnapshotProperties does.
  }
  for (const wchar_t* text : seen) check("each string could be freed", !spy.isLive(text));
}

ASSERTION(61, "an enumerator shows what was there when it was made") {
  Provider provider = rig.activate();
  makeThree(rig, provider);
  Listing before(queryAll(provider));
  expectNext(before, 3, S_OK, 3);
  Listing listing(queryAll(provider));
  expectNext(listing, 1, S_OK, 1);
  LONG deleted = 0;
  VSS_ID nondeleted = {};
  for (const Props& item : before.items) {
    expectHr("DeleteSnapshots", S_OK, provider.remove(item->m_SnapshotId, VSS_OBJECT_SNAPSHOT, false, &deleted, &nondeleted));
  }
  expectNext(listing, 2, S_OK, 2);
  for (size_t i = 0; i < 3; i++) expectEqual("an item after its deletion", before.items[i].text(), listing.items[i].text());
}

}  // namespace gnomon::conformance
