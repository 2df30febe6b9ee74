"""The site: certificates, campaigns, audits, benchmarks and reproductions of a folder as pages that need no network."""

from reports.site.building import Site, build_site, render_alone

__all__ = ["Site", "build_site", "render_alone"]
