"""Find the signed-off passages that answer what a caller just asked."""

from kb_retrieval.article import Article
from kb_retrieval.ingest import read_articles
from kb_retrieval.search import Search
from kb_retrieval.session import KnowledgeService
from kb_retrieval.settings import KnowledgeSettings

__all__ = ["Article", "KnowledgeService", "KnowledgeSettings", "Search", "read_articles"]
